using Unfold.Models;

namespace Unfold.Experiments;

/// <summary>Tells how a fit goes on.</summary>
internal static class EpochProgress
{
    /// <summary>Writes a line after each pass over the examples: for <see cref="FitOptions.Progress"/>.</summary>
    /// <param name="context">The run of the experiment.</param>
    /// <param name="model">What is fitted.</param>
    public static Action<FitProgress> EachEpoch(this ExperimentContext context, string model) => progress =>
    {
        if (progress.Done >= 1)
        {
            context.Progress(FormattableString.Invariant($"{model}: epoch {progress.Epoch} of {progress.Epochs}, training loss {progress.TrainingLoss:0.0000}"));
        }
    };
}
