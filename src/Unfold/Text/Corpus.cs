namespace Unfold.Text;

/// <summary>A text cut into tokens and encoded, ready for training or scoring.</summary>
/// <remarks>
/// In sentence mode both parts begin with <see cref="Vocabulary.EndId"/>, the end of a sentence before: so every token of every sentence is
/// predicted. The tail that is kept for validation begins where a sentence does.
/// </remarks>
/// <param name="Vocabulary">The table of ids.</param>
/// <param name="Train">The training part, or everything if nothing was kept for validation.</param>
/// <param name="Validation">The validation part; may hold no token.</param>
/// <param name="Characters">
/// The characters of the text that the training part comes from (with the validation part, if it is its tail): Unicode scalar values, a line end as one; in sentence mode those of the sentences
/// and an end for each, without blank lines and white space at the beginning of lines.
/// </param>
/// <param name="ForetoldCharacters">
/// Of <paramref name="Characters"/> those that are foretold where the whole text is <paramref name="Train"/>: in running text all but those up to the end of the first token, which is
/// only read. A character that is cut into bytes ends with the last of them.
/// </param>
/// <param name="UnknownTokens">How many tokens of both parts together are not in the vocabulary.</param>
/// <param name="Fingerprint">Equal for equal texts (and equal validation texts): a resumed run compares it.</param>
public sealed record Corpus(Vocabulary Vocabulary, TokenStore Train, TokenStore Validation, long Characters, long ForetoldCharacters, long UnknownTokens, string Fingerprint)
{
    /// <summary>
    /// Reads a text twice, once to count and once to encode, in memory that does not grow with the text (see
    /// <see cref="CorpusOptions.MemoryLimit"/>). Without a vocabulary one is made from <paramref name="text"/>; a separate
    /// validation text adds nothing to it.
    /// </summary>
    /// <param name="text">The text to train on or to score.</param>
    /// <param name="options">How to cut and split it.</param>
    /// <param name="validation">A separate text for validation, or null.</param>
    /// <param name="vocabulary">A vocabulary to use instead of a new one; tokens outside it are counted as unknown.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="UnfoldException">A text cannot be used, or changed while it was read.</exception>
    public static Corpus Load(
        TextSource text, CorpusOptions options, TextSource? validation = null, Vocabulary? vocabulary = null, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(options);
        if (!(options.ValidationFraction >= 0 && options.ValidationFraction < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), FormattableString.Invariant($"The validation fraction lies in [0, 1); found {options.ValidationFraction}."));
        }

        CorpusReader reader = new(options, vocabulary, text.Bytes + (validation?.Bytes ?? 0), progress, cancellation);
        string fingerprint = reader.Count(text);
        vocabulary = reader.Vocabulary;
        TokenStore all = reader.Encode(text, fingerprint);
        (long characters, long foretold) = (reader.Characters, reader.ForetoldCharacters);
        if (validation is not null)
        {
            string validationFingerprint = reader.Count(validation);
            TokenStore separate = reader.Encode(validation, validationFingerprint);
            return new Corpus(vocabulary, all, separate, characters, foretold, reader.UnknownTokens, $"{fingerprint}+{validationFingerprint}");
        }

        long kept = (long)Math.Round(all.Count * options.ValidationFraction);
        bool sentences = vocabulary.Mode == TextMode.Sentences && kept > 0;
        long start = sentences ? SentenceEnds.Before(all, all.Count - kept) : all.Count - kept;
        return new Corpus(
            vocabulary, all.Slice(0, sentences ? start + 1 : start), all.Slice(start, all.Count - start), characters, foretold, reader.UnknownTokens, fingerprint);
    }
}
