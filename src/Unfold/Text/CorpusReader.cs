namespace Unfold.Text;

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

        var tokenization = new Tokenization(options.Kind) { LetterCase = options.LetterCase, Mode = options.Mode };
        VocabularyBuilder builder = new(tokenization);
        TextSummary summary = Pass(text, tokenization.CreateTokenizer(), builder.Add);
        _tokens = builder.TokenCount;
        _vocabulary = builder.Build(options.MaximumSymbols, options.MinimumCount);
        return summary;
    }

    public TokenStore Encode(TextSource text, TextSummary counted)
    {
        Vocabulary vocabulary = Vocabulary;
        bool sentences = vocabulary.Mode == TextMode.Sentences;
        TokenStoreBuilder builder = new(vocabulary.Count, sentences ? _tokens + 1 : _tokens, options.MemoryLimit, options.TemporaryFolder);
        if (sentences)
        {
            builder.Add(Vocabulary.EndId);
        }

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

    private TextSummary Pass(TextSource text, Tokenizer tokenizer, TokenSink sink)
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
