using Unfold.Text;

namespace Unfold.Generation;

/// <summary>
/// The next word, or the rest of the word, while a line is typed. One completer serves one line at a time, from one letter to the next:
/// what stands unchanged since the last call is not computed again.
/// </summary>
/// <remarks>
/// A completer is not for several threads at once: it would complete one's line by another's. Any number of completers share a model.
/// A model of characters or subwords searches the likeliest words token by token, the likeliest beginning first, until no likelier word can come or its steps are over; a word ends before the first character that is no letter,
/// digit or apostrophe, and an ideograph, or a subword of ideographs, is a word of its own. Other models choose among the words of their vocabulary that begin as typed; where no space
/// is needed after what is typed, a punctuation mark or a word of ideographs, the words that may follow it come in its place, p(typed) p(next | typed).
/// </remarks>
public sealed class WordCompleter
{
    private readonly WordCompletion _completion;

    /// <summary>Prepares the completion by a model.</summary>
    public WordCompleter(NextTokenModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _completion = model.Vocabulary.Kind is TokenKind.Character or TokenKind.BytePair ? new SpellingCompletion(model) : new VocabularyCompletion(model);
    }

    /// <summary>The likeliest words at the end of what is typed, likeliest first.</summary>
    /// <param name="line">The line up to the cursor, without a line feed.</param>
    /// <param name="count">How many are wanted; fewer come back where no more words begin so. Words that the model spells are looked for as far as 1,000 of them need.</param>
    /// <exception cref="ArgumentException">A line feed stands in the line, or the count is below 1.</exception>
    /// <exception cref="UnfoldException">A mark that is no word stands in the line, or the model's weights overflow.</exception>
    public IReadOnlyList<Completion> Complete(string line, int count)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return _completion.Complete(line, count);
    }
}
