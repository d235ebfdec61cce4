using System.CommandLine;
using Unfold.Cli.Training;
using Unfold.NGrams;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>The options of unfold ngram train.</summary>
internal sealed class NGramTrainOptions
{
    public Option<string[]> Text { get; } = Required(Options.Paths("--text", "UTF-8 files to count, read as one text."));

    public Option<string?> Out { get; } = Required(Options.Path("--out", "FILE", NGramCommand.WrittenHelp));

    public Option<bool> Force { get; } = Options.Switch("--force", "Replace the file if it is there.");

    public Option<long?> Order { get; } = Options.Whole("--order", 1, 7, "The length of the longest n-grams; default 3.");

    public Option<Smoothing?> Smoothing { get; } = Options.Choice(
        "--smoothing",
        "How unseen n-grams get probability; default modified-kneser-ney.",
        ("modified-kneser-ney", NGrams.Smoothing.ModifiedKneserNey),
        ("kneser-ney", NGrams.Smoothing.KneserNey),
        ("add-k", NGrams.Smoothing.Additive));

    public Option<double?> AddedCount { get; } = Options.Number("--k", "of 1e-30 to 1e30", NGramOptions.IsAddedCount, "The count that add-k adds; default 0.01.");

    public Option<long[]?> MinCount { get; } = Options.Counts("--min-count", "How often n-grams must be counted to stay, one number for each order with commas between, beginning with 1; the last holds for all orders above. Default 1; 1,1,2 is the custom of SRILM.");

    public Option<double?> Prune { get; } = NGramCommand.Prune();

    public Option<TokenKind?> Tokens { get; } = Options.Choice("--tokens", "What one token is; default space.", [.. Enum.GetValues<TokenKind>().Select(kind => (kind.Name, kind))]);

    public Option<string?> Dictionary { get; } = DictionaryInput.Option();

    public Option<bool> Sentences { get; } = Options.Switch("--sentences", "Each line that is not blank is a sentence with a beginning and an end; so it is unless --tokens is char or bpe, if nothing is said.");

    public Option<bool> Running { get; } = Options.Switch("--running", "The text is one stream in which the line feed is a token; so it is for char and bpe if nothing is said.");

    public Option<bool> Lowercase { get; } = Options.Switch("--lowercase", "Lower all letters.");

    public Option<long?> Vocabulary { get; } = Options.Whole("--vocabulary", 1, int.MaxValue, "The most tokens to know, the most frequent ones; all others are counted as <unk>. Default all, 8000 for bpe.");

    public Option<string?> VocabularyOf { get; } = VocabularyInput.Option();

    public Option<long?> MinTokenCount { get; } = Options.Whole("--min-token-count", 1, long.MaxValue, "How often a token must be seen to be known; default 1.");

    public Option<bool> Closed { get; } = Options.Switch("--closed", "Give <unk> no probability where it is never counted.");

    public Option<bool> Json { get; } = Options.Switch("--json", "Print one JSON object.");

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [Text, Out, Force, Order, Smoothing, AddedCount, MinCount, Prune, Tokens, Dictionary, Sentences, Running, Lowercase, Vocabulary, MinTokenCount, VocabularyOf, Closed, Json];

    /// <summary>Throws where options do not go together.</summary>
    /// <exception cref="UsageException">They do not.</exception>
    public void Require(ParseResult parsed)
    {
        parsed.Exclude(Sentences, Running);
        foreach (Option own in (Option[])[Tokens, Dictionary, Sentences, Running, Lowercase, Vocabulary, MinTokenCount])
        {
            parsed.Exclude(VocabularyOf, own);
        }

        if (parsed.Gave(AddedCount) && parsed.GetValue(Smoothing) != NGrams.Smoothing.Additive)
        {
            throw new UsageException("--k is what add-k adds: give it with --smoothing add-k.");
        }

        DictionaryInput.RequireUse(parsed, Dictionary, Tokens);
        if (parsed.GetValue(Tokens) == TokenKind.BytePair && parsed.GetValue(Vocabulary) <= BytePairEncoding.ByteCount)
        {
            throw new UsageException($"--vocabulary must be above {BytePairEncoding.ByteCount} with --tokens bpe: so many bytes are in it at any rate.");
        }

        long order = parsed.GetValue(Order) ?? new NGramOptions().Order;
        if (parsed.Gave(MinCount) && parsed.GetRequiredValue(MinCount)!.Length is var given && given > order)
        {
            throw new UsageException($"--min-count has {given} numbers, but the order is {order}: give at most one for each order.");
        }
    }

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
            MaximumSymbols = (int)(parsed.GetValue(Vocabulary) ?? (kind == TokenKind.BytePair ? TrainDefaults.Symbols(kind) : int.MaxValue)),
            Dictionary = DictionaryInput.Read(terminal, parsed, Dictionary),
            MinimumCount = parsed.GetValue(MinTokenCount) ?? 1,
        };
    }

    /// <summary>How the model is estimated.</summary>
    public NGramOptions Model(ParseResult parsed)
    {
        var defaults = new NGramOptions();
        return defaults with
        {
            Order = (int)(parsed.GetValue(Order) ?? defaults.Order),
            Smoothing = parsed.GetValue(Smoothing) ?? defaults.Smoothing,
            AddedCount = parsed.GetValue(AddedCount) ?? defaults.AddedCount,
            MinimumCounts = parsed.Gave(MinCount) ? parsed.GetRequiredValue(MinCount)! : defaults.MinimumCounts,
            PruningThreshold = parsed.GetValue(Prune) ?? defaults.PruningThreshold,
            UnknownWords = parsed.GetValue(Closed) ? UnknownWords.Closed : UnknownWords.Open,
        };
    }

    private static T Required<T>(T option)
        where T : Option
    {
        option.Required = true;
        return option;
    }
}
