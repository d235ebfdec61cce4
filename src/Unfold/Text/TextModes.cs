namespace Unfold.Text;

/// <summary>What the two ways of reading lines are called.</summary>
internal static class TextModes
{
    extension(TextMode mode)
    {
        /// <summary>What a reader calls the text: sentences or running text.</summary>
        public string Noun => mode == TextMode.Sentences ? "sentences" : "running text";
    }
}
