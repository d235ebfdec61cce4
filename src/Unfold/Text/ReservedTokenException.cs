namespace Unfold.Text;

/// <summary>A text holds a mark that is no word. Whoever knows the text's name and line says where.</summary>
internal sealed class ReservedTokenException(string message) : UnfoldException(message)
{
    /// <summary>The same failure with its place.</summary>
    public UnfoldException At(string place) => After($"{place}: ");
}
