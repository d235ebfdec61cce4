using System.CommandLine;
using Unfold.Cli.Training;
using Unfold.NGrams;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>The options that say which n-grams of which text are counted.</summary>
internal sealed class NGramCountingOptions
{
    public Option<string[]> Text { get; } = Options.Paths("--text", "UTF-8 files to count, read as one text.");

    public Option<int?> Order { get; } = Options.WholeNumber("--order", 1, 7, "The length of the longest n-grams; default 3.");

    public Option<TokenKind?> Tokens { get; } = Options.Choice("--tokens", "What one token is; default space.", [.. Enum.GetValues<TokenKind>().Select(kind => (kind.Name, kind))]);

    public Option<string?> Dictionary { get; } = DictionaryInput.Option();

    public Option<bool> Sentences { get; } = Options.Switch("--sentences", "Each line that is not blank is a sentence with a beginning and an end; so it is unless --tokens is char or bpe, if nothing is said.");

    public Option<bool> Running { get; } = Options.Switch("--running", "The text is one stream in which the line feed is a token; so it is for char and bpe if nothing is said.");

    public Option<bool> Lowercase { get; } = Options.Switch("--lowercase", "Lower all letters.");

    public Option<int?> Vocabulary { get; } = Options.WholeNumber("--vocabulary", 1, int.MaxValue, "The most tokens to know, the most frequent ones; all others are counted as <unk>. Default all, 8000 for bpe.");

    public Option<long?> MinTokenCount { get; } = Options.WholeNumber("--min-token-count", 1, long.MaxValue, "How often a token must be seen to be known; default 1.");

    public Option<string?> VocabularyOf { get; } = VocabularyInput.Option();

    /// <summary>Those that say how the text is cut and which tokens are known, in the order of the help.</summary>
    public IReadOnlyList<Option> Cutting => [Tokens, Dictionary, Sentences, Running, Lowercase, Vocabulary, MinTokenCount, VocabularyOf];

    public NGramCountingOptions() => Text.Required = true;

    /// <summary>Throws where options do not go together.</summary>
    /// <exception cref="UsageException">They do not.</exception>
    public void Require(ParseResult parsed)
    {
        parsed.Exclude(Sentences, Running);
        foreach (Option own in Cutting.Where(option => option != VocabularyOf))
        {
            parsed.Exclude(VocabularyOf, own);
        }

        DictionaryInput.RequireUse(parsed, Dictionary, Tokens);
        if (parsed.GetValue(Tokens) == TokenKind.BytePair && parsed.GetValue(Vocabulary) <= BytePairEncoding.ByteCount)
        {
            throw new UsageException($"--vocabulary must be above {BytePairEncoding.ByteCount} with --tokens bpe: so many bytes are in it at any rate.");
        }
    }

    /// <summary>N.</summary>
    public int OrderOf(ParseResult parsed) => parsed.GetValue(Order) ?? new NGramOptions().Order;

    /// <summary>The files of the user's own that are read: the text and the dictionary.</summary>
    public IEnumerable<string> Sources(ParseResult parsed) =>
        parsed.GetValue(Dictionary) is string words ? parsed.GetRequiredValue(Text).Append(words) : parsed.GetRequiredValue(Text);

    /// <summary>How the text is cut.</summary>
    /// <exception cref="UnfoldException">The dictionary cannot be used.</exception>
    public CorpusOptions Corpus(Terminal terminal, ParseResult parsed)
    {
        TokenKind kind = parsed.GetValue(Tokens) ?? TokenKind.Space;
        bool running = parsed.GetValue(Running) || (kind is TokenKind.Character or TokenKind.BytePair && !parsed.GetValue(Sentences));
        return new CorpusOptions
        {
            Kind = kind,
            Mode = running ? TextMode.Running : TextMode.Sentences,
            LetterCase = parsed.GetValue(Lowercase) ? LetterCase.Lowered : LetterCase.Kept,
            MaximumSymbols = parsed.GetValue(Vocabulary) ?? (kind == TokenKind.BytePair ? TrainDefaults.Symbols(kind) : int.MaxValue),
            Dictionary = DictionaryInput.Read(terminal, parsed, Dictionary),
            MinimumCount = parsed.GetValue(MinTokenCount) ?? 1,
        };
    }

    /// <summary>The tokens of another model that are to be counted; null where the text's own are.</summary>
    public Vocabulary? Known(Terminal terminal, ParseResult parsed, CancellationToken cancellation) =>
        parsed.GetValue(VocabularyOf) is string model ? VocabularyInput.Read(terminal, model, cancellation) : null;
}
