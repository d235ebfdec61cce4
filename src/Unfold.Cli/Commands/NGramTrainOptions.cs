using System.CommandLine;
using Unfold.NGrams;

namespace Unfold.Cli.Commands;

/// <summary>The options of unfold ngram train.</summary>
internal sealed class NGramTrainOptions
{
    public NGramCountingOptions Counting { get; } = new();

    public Option<string?> Out { get; } = Options.Path("--out", "FILE", NGramCommand.WrittenHelp);

    public Option<bool> Force { get; } = Options.Switch("--force", "Replace the file if it is there.");

    public Option<Smoothing?> Smoothing { get; } = Options.Choice(
        "--smoothing",
        "How unseen n-grams get probability; default modified-kneser-ney.",
        ("modified-kneser-ney", NGrams.Smoothing.ModifiedKneserNey),
        ("kneser-ney", NGrams.Smoothing.KneserNey),
        ("add-k", NGrams.Smoothing.Additive));

    public Option<double?> AddedCount { get; } = Options.Number("--k", "of 1e-30 to 1e30", NGramOptions.IsAddedCount, "The count that add-k adds; default 0.01.");

    public Option<long[]?> MinCount { get; } = Options.Counts("--min-count", "How often n-grams must be counted to stay, one number for each order with commas between, beginning with 1; the last holds for all orders above. Default 1; 1,1,2 is the custom of SRILM.");

    public Option<double?> Prune { get; } = NGramCommand.Prune();

    public Option<bool> Closed { get; } = Options.Switch("--closed", "Give <unk> no probability where it is never counted.");

    public Option<bool> Json { get; } = Options.Switch("--json", "Print one JSON object.");

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [Counting.Text, Out, Force, Counting.Order, Smoothing, AddedCount, MinCount, Prune, .. Counting.Cutting, Closed, Json];

    public NGramTrainOptions() => Out.Required = true;

    /// <summary>Throws where options do not go together.</summary>
    /// <exception cref="UsageException">They do not.</exception>
    public void Require(ParseResult parsed)
    {
        Counting.Require(parsed);
        if (parsed.Gave(AddedCount) && parsed.GetValue(Smoothing) != NGrams.Smoothing.Additive)
        {
            throw new UsageException("--k is what add-k adds: give it with --smoothing add-k.");
        }

        int order = Counting.OrderOf(parsed);
        if (parsed.Gave(MinCount) && parsed.GetRequiredValue(MinCount)!.Length is var given && given > order)
        {
            throw new UsageException($"--min-count has {given} numbers, but the order is {order}: give at most one for each order.");
        }
    }

    /// <summary>How the model is estimated.</summary>
    public NGramOptions Model(ParseResult parsed)
    {
        var defaults = new NGramOptions();
        return defaults with
        {
            Order = Counting.OrderOf(parsed),
            Smoothing = parsed.GetValue(Smoothing) ?? defaults.Smoothing,
            AddedCount = parsed.GetValue(AddedCount) ?? defaults.AddedCount,
            MinimumCounts = parsed.Gave(MinCount) ? parsed.GetRequiredValue(MinCount)! : defaults.MinimumCounts,
            PruningThreshold = parsed.GetValue(Prune) ?? defaults.PruningThreshold,
            UnknownWords = parsed.GetValue(Closed) ? UnknownWords.Closed : UnknownWords.Open,
        };
    }
}
