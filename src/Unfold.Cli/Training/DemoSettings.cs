using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Cli.Training;

/// <summary>The run without a text of the user's: sentences of the embedded grammar, learned in about half a minute on two cores.</summary>
internal static class DemoSettings
{
    /// <summary>What the run is called: its folder is runs/demo.</summary>
    public const string Name = "demo";

    private const int Characters = 1_000_000;

    /// <summary>What the run takes where the command line says nothing.</summary>
    public static TrainDefaults Defaults { get; } = new(
        new LanguageModelSettings { Hidden = 128 },
        new TrainingSettings { SequenceLength = 40, BatchSize = 25, Steps = 8000, LearningRate = 0.004, Schedule = ScheduleKind.Cosine, CheckpointEvery = 500 },
        TokenKind.Word);

    /// <summary>Writes the text that a seed stands for.</summary>
    public static TextSource WriteText(Grammar grammar, ulong seed) =>
        TextSource.FromString(grammar.WriteText(new SeededRandom(seed), Characters), "the embedded corpus");
}
