namespace Unfold.Text;

/// <summary>How a text becomes a corpus.</summary>
public sealed record CorpusOptions
{
    /// <summary>What one token is; unused when a vocabulary is given, which knows.</summary>
    public TokenKind Kind { get; init; } = TokenKind.Character;

    /// <summary>Whether letters are lowered; unused when a vocabulary is given, which knows.</summary>
    public LetterCase LetterCase { get; init; } = LetterCase.Kept;

    /// <summary>The share of the tokens, at the end, that is kept for validation: in [0, 1); unused when the validation text is a file of its own.</summary>
    public double ValidationFraction { get; init; }

    /// <summary>The most ordinary symbols the vocabulary may have; rarer tokens become unknown.</summary>
    public int MaximumSymbols { get; init; } = int.MaxValue;

    /// <summary>How often a token must be seen to enter the vocabulary.</summary>
    public long MinimumCount { get; init; } = 1;

    /// <summary>Encoded texts above this many bytes go to a temporary file.</summary>
    public long MemoryLimit { get; init; } = TokenStoreBuilder.DefaultMemoryLimit;

    /// <summary>Where that file lies; null for the system's temporary folder.</summary>
    public string? TemporaryFolder { get; init; }
}

/// <summary>A text cut into tokens and encoded, ready for training or scoring.</summary>
/// <param name="Vocabulary">The table of ids.</param>
/// <param name="Train">The training part, or everything if nothing was kept for validation.</param>
/// <param name="Validation">The validation part; may hold no token.</param>
/// <param name="Characters">The Unicode scalar values of the text that the training part comes from (with the validation part, if it is its tail).</param>
/// <param name="UnknownTokens">How many tokens of both parts together are not in the vocabulary.</param>
/// <param name="Fingerprint">Equal for equal texts (and equal validation texts): a resumed run compares it.</param>
public sealed record Corpus(Vocabulary Vocabulary, TokenStore Train, TokenStore Validation, long Characters, long UnknownTokens, string Fingerprint)
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
            throw new ArgumentOutOfRangeException(nameof(options), options.ValidationFraction, "The validation fraction lies in [0, 1).");
        }

        CorpusReader reader = new(options, vocabulary, text.Bytes + (validation?.Bytes ?? 0), progress, cancellation);
        TextSummary summary = reader.Count(text);
        vocabulary = reader.Vocabulary;
        TokenStore all = reader.Encode(text, summary);
        if (validation is not null)
        {
            TextSummary validationSummary = reader.Count(validation);
            TokenStore separate = reader.Encode(validation, validationSummary);
            return new Corpus(vocabulary, all, separate, summary.Characters, reader.UnknownTokens, $"{summary.Fingerprint}+{validationSummary.Fingerprint}");
        }

        long kept = (long)Math.Round(all.Count * options.ValidationFraction);
        return new Corpus(
            vocabulary, all.Slice(0, all.Count - kept), all.Slice(all.Count - kept, kept), summary.Characters, reader.UnknownTokens, summary.Fingerprint);
    }
}

/// <summary>The two passes over a text, with progress over all of them.</summary>
internal sealed class CorpusReader(CorpusOptions options, Vocabulary? vocabulary, long totalBytes, Action<double>? progress, CancellationToken cancellation)
{
    private Vocabulary? _vocabulary = vocabulary;
    private long _tokens;
    private long _bytesBefore;

    public Vocabulary Vocabulary => _vocabulary ?? throw new InvalidOperationException("The vocabulary is there after the first count.");

    public long UnknownTokens { get; private set; }

    public TextSummary Count(TextSource text)
    {
        if (_vocabulary is not null)
        {
            _tokens = 0;
            return Pass(text, _vocabulary.CreateTokenizer(), _ => _tokens++);
        }

        VocabularyBuilder builder = new(options.Kind, options.LetterCase);
        TextSummary summary = Pass(text, Tokenizer.Create(options.Kind, options.LetterCase), builder.Add);
        _tokens = builder.TokenCount;
        _vocabulary = builder.Build(options.MaximumSymbols, options.MinimumCount);
        return summary;
    }

    public TokenStore Encode(TextSource text, TextSummary counted)
    {
        TokenStoreBuilder builder = new(Vocabulary.Count, _tokens, options.MemoryLimit, options.TemporaryFolder);
        Vocabulary vocabulary = Vocabulary;
        long unknown = 0;
        long remaining = _tokens;
        TextSummary encoded = Pass(
            text,
            vocabulary.CreateTokenizer(),
            token =>
            {
                int id = vocabulary.IdOf(token);
                unknown += id == Vocabulary.UnknownId ? 1 : 0;
                if (remaining-- > 0)
                {
                    builder.Add(id);
                }
            });
        if (encoded != counted || remaining != 0)
        {
            throw new UnfoldException($"The text {text.Name} changed while it was read, but it is read twice; try again when nothing writes to it.");
        }

        UnknownTokens += unknown;
        return builder.Build();
    }

    private TextSummary Pass(TextSource text, ITokenizer tokenizer, TokenSink sink)
    {
        long before = _bytesBefore;
        TextSummary summary = text.Read(
            piece => tokenizer.Push(piece, sink),
            bytes => progress?.Invoke(Math.Min(1.0, (before + bytes) / (2.0 * totalBytes))),
            cancellation);
        tokenizer.Flush(sink);
        _bytesBefore = before + text.Bytes;
        return summary;
    }
}
