namespace Unfold.Text;

/// <summary>The passes over texts, with progress over all of them: one to count, one to encode, and one more before where subwords are learned.</summary>
internal sealed class CorpusReader(CorpusOptions options, Vocabulary? vocabulary, long totalBytes, Action<double>? progress, CancellationToken cancellation)
{
    private long _bytesToRead = 2 * totalBytes;
    private Vocabulary? _vocabulary = vocabulary;
    private long _tokens;
    private long _bytesBefore;

    public Vocabulary Vocabulary => _vocabulary ?? throw new InvalidOperationException("The vocabulary is there after the first count.");

    public long UnknownTokens { get; private set; }

    /// <summary>The characters of the text that was encoded last, as its tokenizer counts them.</summary>
    public long Characters { get; private set; }

    /// <summary>Of them those that are foretold.</summary>
    public long ForetoldCharacters { get; private set; }

    /// <summary>Counts the tokens of a text, makes a vocabulary where there is none, and returns the fingerprint of the text.</summary>
    public string Count(TextSource text)
    {
        if (_vocabulary is not null)
        {
            return CountKnown(text, _vocabulary);
        }

        var tokenization = new Tokenization(options.Kind)
        {
            LetterCase = options.LetterCase,
            Mode = options.Mode,
            Dictionary = options.Dictionary,
            IcuVersion = options.Kind == TokenKind.Segmented ? IcuLibrary.Shared.Version : null,
        };
        if (options.Kind == TokenKind.BytePair)
        {
            return LearnPairs(text, tokenization);
        }

        VocabularyBuilder builder = new(tokenization);
        string fingerprint = Pass(text, tokenization.CreateTokenizer(), builder.Add);
        _tokens = builder.TokenCount;
        _vocabulary = builder.Build(options.MaximumSymbols, options.MinimumCount);
        return fingerprint;
    }

    /// <summary>Encodes the text that was counted last.</summary>
    public TokenStore Encode(TextSource text, string fingerprint)
    {
        Vocabulary vocabulary = Vocabulary;
        bool sentences = vocabulary.Mode == TextMode.Sentences;
        TokenStoreBuilder builder = new(vocabulary.Count, sentences ? _tokens + 1 : _tokens, options.MemoryLimit);
        if (sentences)
        {
            builder.Add(Vocabulary.EndId);
        }

        long unknown = 0;
        long remaining = _tokens;
        long read = 0;
        Tokenizer tokenizer = vocabulary.CreateTokenizer();
        string encoded = Pass(
            text,
            tokenizer,
            token =>
            {
                if (remaining == _tokens && !sentences)
                {
                    read = CharactersTo(token, tokenizer, vocabulary);
                }

                int id = vocabulary.IdOf(token);
                unknown += id == Vocabulary.UnknownId ? 1 : 0;
                if (remaining-- > 0)
                {
                    builder.Add(id);
                }
            });
        RequireSame(text, encoded == fingerprint && remaining == 0);

        UnknownTokens += unknown;
        Characters = tokenizer.Characters;
        ForetoldCharacters = Characters - read;
        return builder.Build();
    }

    /// <summary>The characters up to the end of the first token, an unknown one too. The tokenizer has counted more: a word is complete when what follows it was taken.</summary>
    private static long CharactersTo(ReadOnlySpan<char> first, Tokenizer tokenizer, Vocabulary vocabulary) =>
        (vocabulary.Kind.DividedBySpaces ? tokenizer.LeadingSpaces : 0) + vocabulary.Tokenization.CreateJoiner().Next(first.ToString()).EnumerateRunes().Count();

    private string CountKnown(TextSource text, Vocabulary vocabulary)
    {
        _tokens = 0;
        return Pass(text, vocabulary.CreateTokenizer(), _ => _tokens++);
    }

    private string LearnPairs(TextSource text, Tokenization tokenization)
    {
        // One pass more, and finding the merges, which takes about as long as a pass.
        _bytesToRead += 2 * text.Bytes;
        BytePairTrainer trainer = new(tokenization);
        string fingerprint = Pass(text, new PieceTokenizer(tokenization.LetterCase, tokenization.Mode), trainer.Add);
        BytePairEncoding pairs = trainer.Build(options.MaximumSymbols, options.MinimumCount, share => Show((long)(share * text.Bytes)), cancellation);
        _bytesBefore += text.Bytes;
        _vocabulary = new Vocabulary(tokenization with { Pairs = pairs }, pairs.Symbols);
        RequireSame(text, CountKnown(text, _vocabulary) == fingerprint);
        return fingerprint;
    }

    private static void RequireSame(TextSource text, bool same)
    {
        if (!same)
        {
            throw new UnfoldException($"The text {text.Name} changed while it was read, but it is read more than once; try again when nothing writes to it.");
        }
    }

    private string Pass(TextSource text, Tokenizer tokenizer, TokenSink sink)
    {
        string fingerprint = text.Cut(tokenizer, sink, Show, cancellation);
        _bytesBefore += text.Bytes;
        return fingerprint;
    }

    private void Show(long bytes) => progress?.Invoke(Math.Min(1.0, (_bytesBefore + bytes) / (double)_bytesToRead));
}
