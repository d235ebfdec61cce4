using Unfold.Models;
using Unfold.Persistence;

namespace Unfold.Cli.Training;

/// <summary>What to run after a divergence.</summary>
internal static class DivergenceAdvice
{
    /// <summary>The command that goes on from the best weights where there are any, else the change to the command that was run.</summary>
    public static string For(Run run)
    {
        TrainingSettings settings = run.Trainer.Settings;
        string rate = LowerRate(settings.LearningRate, settings.Optimizer);
        return File.Exists(run.Folder.WeightsFile)
            ? $"To go on from the best weights so far: unfold train{Text(run.Settings.Data)} --init-from {Quoted(run.Shown)} --lr {rate} --out {Quoted(Free(run.Shown))}"
            : $"No weights were saved yet: begin again with the same command, but with --lr {rate} --force";
    }

    /// <summary>A learning rate to try where this one was too high.</summary>
    public static string LowerRate(double rate, OptimizerKind optimizer) =>
        FormattableString.Invariant($"{Math.Min(rate / 10, TrainDefaults.LearningRate(optimizer) / 2):G2}");

    private static string Text(RunData? data)
    {
        if (data is null || data.Text.Count == 0)
        {
            return "";
        }

        string validation = data.Validation is null ? "" : $" --valid {Quoted(data.Validation)}";
        return $" --text {string.Join(' ', data.Text.Select(Quoted))}{validation}";
    }

    private static string Free(string folder)
    {
        string name = Path.TrimEndingDirectorySeparator(folder);
        int number = 2;
        while (Path.Exists($"{name}-{number}"))
        {
            number++;
        }

        return $"{name}-{number}";
    }

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
