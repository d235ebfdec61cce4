using Unfold.Models;
using Unfold.Text;

namespace Unfold.Generation;

/// <summary>Looks for the texts that a model finds best, instead of drawing them: beam search, in groups that avoid each other's words by choice, and with words that must stand in them.</summary>
public static class TextSearch
{
    /// <summary>Searches.</summary>
    /// <param name="prompt">What the texts go on from.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told the share of the greatest length that is done.</param>
    /// <param name="cancellation">Ends the search without a result.</param>
    /// <returns>The texts, the best first: those that ended by themselves before those that were cut off, each by score. What several groups have found stands there once.</returns>
    /// <exception cref="UnfoldException">An option is out of range, a forced text is unknown to the model or does not fit, the texts that are followed do not fit into memory, or no text was found.</exception>
    public static IReadOnlyList<GeneratedText> Search(Prompt prompt, BeamOptions options, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Vocabulary vocabulary = prompt.Model.Vocabulary;
        var forced = new ForcedTexts([.. options.Forced.Select(text => Tokens(vocabulary, text, options.Stops))]);
        if (forced.Longest > options.Length)
        {
            throw new UnfoldException($"A text of at most {options.Length} tokens cannot hold a forced text of {forced.Longest}: raise the length.");
        }

        RequireMemory(options, forced.Total, vocabulary.Count);
        TextBeam[] groups = [.. Enumerable.Range(0, options.Groups).Select(_ => new TextBeam(prompt, options, forced))];
        for (int step = 0; step < options.Length && groups.Any(group => !group.IsDone); step++)
        {
            int[] chosen = new int[vocabulary.Count];
            foreach (TextBeam group in groups.Where(group => !group.IsDone))
            {
                cancellation.ThrowIfCancellationRequested();
                group.Advance(chosen);
            }

            progress?.Invoke((step + 1.0) / options.Length);
        }

        IReadOnlyList<GeneratedText> found = [.. groups.SelectMany(group => group.Ended).OrderByDescending(text => text.IsComplete).ThenByDescending(text => text.Score).DistinctBy(text => text.Text)];
        return found.Count > 0 ? found : throw new UnfoldException(forced.Total > 0
            ? $"No text of at most {options.Length} tokens that holds all forced texts was found: raise the length or the beam, or force fewer{(options.Stops.Count > 0 ? ", or leave out what writing stops before" : "")}."
            : "No text was found: the model thinks that nothing can follow the texts that were held; a wider beam may hold others.");
    }

    /// <summary>Each text that is followed keeps the logits of what comes next; there are no more of them than the tokens can form.</summary>
    private static void RequireMemory(BeamOptions options, int forced, int tokens)
    {
        Int128 places = (Int128)options.Beam * (forced + 1), texts = 1;
        for (int step = 1; step < options.Length && texts < places; step++)
        {
            texts *= tokens;
        }

        MemoryBudget.RequireTexts(Int128.Min(places, options.Groups * texts), tokens);
    }

    private static int[] Tokens(Vocabulary vocabulary, string text, IReadOnlyList<string> stops)
    {
        int[] tokens = Prompt.Ids(vocabulary, vocabulary.SplitWithin(text), "forced text");
        if (tokens.Contains(Vocabulary.UnknownId))
        {
            throw new UnfoldException("A forced text must be made of tokens that can be written; found <unk>, which never is.");
        }

        if (vocabulary.Mode == TextMode.Sentences && tokens.Contains(Vocabulary.EndId))
        {
            throw new UnfoldException("A forced text must be part of one sentence; found a line break in it, which ends a sentence of this model.");
        }

        string written = vocabulary.Decode(tokens);
        if (stops.FirstOrDefault(stop => written.Contains(stop, StringComparison.Ordinal)) is { } within)
        {
            throw new UnfoldException($"The forced text {Vocabulary.Quoted(text)} holds {Vocabulary.Quoted(within)}, before which writing stops: it would never be written whole.");
        }

        return tokens.Length > 0 ? tokens : throw new UnfoldException("A forced text must hold at least one token; found an empty one.");
    }
}
