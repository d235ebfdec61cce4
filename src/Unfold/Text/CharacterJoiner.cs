namespace Unfold.Text;

/// <summary>Joins characters: nothing comes between them.</summary>
internal sealed class CharacterJoiner : TokenJoiner
{
    public override string Next(string token) => token;
}
