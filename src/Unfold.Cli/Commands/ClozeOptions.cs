using System.CommandLine;
using Unfold.Cli.Training;
using Unfold.Models;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>The options of unfold cloze.</summary>
internal sealed class ClozeOptions
{
    /// <summary>Those that mean what they mean for unfold train, but without subwords: the space of a gap would belong to the one after it.</summary>
    public TrainOptions Shared { get; } = new()
    {
        Tokens = Options.Choice("--tokens", "What one token is; default char.", [.. Enum.GetValues<TokenKind>().Where(kind => kind != TokenKind.BytePair).Select(kind => (kind.Name, kind))]),
        Vocabulary = Options.WholeNumber("--vocabulary", 2, int.MaxValue, "The most tokens to know, the most frequent ones; all others are read as unknown. Default all for char, else 50000."),
        MinCount = Options.WholeNumber("--min-count", 1, long.MaxValue, "How often a token must be seen to be known. Default 1."),
    };

    public Option<string[]> Text { get; } = Options.Paths("--text", "UTF-8 files; each line that is not blank is a sentence.");

    public Option<string?> Out { get; } = Options.Path("--out", "DIR", "The model's folder, which must be new or empty.");

    public Option<int?> Hidden { get; } = Options.WholeNumber("--hidden", 1, 1_000_000, "The width of the layers of each side; default 256.");

    public Option<int?> BatchSize { get; } = Options.WholeNumber("--batch-size", 1, int.MaxValue, "Sentences side by side; default 32.");

    public Option<int?> Epochs { get; } = Options.WholeNumber("--epochs", 1, int.MaxValue, "Passes over the text; default 10.");

    public Option<double?> LearningRate { get; } = Options.Number("--lr", "above 0 that single precision can hold (1.5e-45 to 3.4e38)", TrainingSettings.IsLearningRate, "The learning rate of Adam; default 0.002.");

    public Option<bool> Json { get; } = Options.Switch("--json", "Print one JSON object.");

    /// <summary>Those of a training, in the order of the help.</summary>
    public IReadOnlyList<Option> All =>
    [
        Text, Shared.Valid, Shared.ValidFraction, Shared.Lowercase, Shared.Tokens, Shared.Dictionary, Shared.Vocabulary, Shared.MinCount, Shared.Cell, Shared.Layers, Hidden,
        Shared.Embedding, Shared.Dropout, Epochs, BatchSize, LearningRate, Shared.Patience, Shared.Seed, Shared.Threads, Out, Shared.Resume, Json,
    ];
}
