using Unfold.Scoring;
using Unfold.Text;

namespace Unfold.Generation;

/// <summary>Finds the words at the end of a line that is typed, in the way that a kind of token wants.</summary>
internal abstract class WordCompletion(NextTokenModel model)
{
    private readonly SentenceEncoder _encoder = new(model.Vocabulary);
    private readonly TypedLine _line = new(model);

    /// <summary>The likeliest words at the end of a line, likeliest first.</summary>
    /// <param name="line">Without a line feed.</param>
    /// <param name="count">How many are wanted.</param>
    public abstract IReadOnlyList<Completion> Complete(string line, int count);

    /// <summary>The tokens of a line that goes on.</summary>
    protected int[] Encode(string line) => _encoder.EncodeBeginning(line);

    /// <summary>The session after a line that goes on; it is not to be fed.</summary>
    protected NextTokenSession After(string line) => _line.After(Encode(line));
}
