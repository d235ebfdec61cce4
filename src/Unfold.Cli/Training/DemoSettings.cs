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
        new LanguageModelSettings { Hidden = 160 },
        new TrainingSettings { Steps = 3500, LearningRate = 0.01, Schedule = ScheduleKind.Cosine, CheckpointEvery = 250 });

    /// <summary>Writes the text that a seed stands for.</summary>
    public static TextSource WriteText(Grammar grammar, ulong seed) =>
        TextSource.FromString(grammar.WriteText(new SeededRandom(seed), Characters), "the embedded corpus");
}
