using System.Text;

namespace Unfold.Text;

/// <summary>Leaves of a stream of scalar values what sentence mode reads: no blank lines, no white space at the beginning of a line.</summary>
internal struct SentenceLines
{
    /// <summary>Whether a sentence has begun and its line has not ended.</summary>
    public bool InSentence { get; private set; }

    /// <summary>Moves what is kept to the front and returns how much that is.</summary>
    public int Keep(Span<Rune> runes)
    {
        int kept = 0;
        foreach (Rune rune in runes)
        {
            RuneClass kind = RuneClasses.Of(rune);
            if (InSentence || kind is not (RuneClass.Space or RuneClass.NewLine))
            {
                runes[kept++] = rune;
                InSentence = kind != RuneClass.NewLine;
            }
        }

        return kept;
    }
}
