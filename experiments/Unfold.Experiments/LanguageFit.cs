using System.Diagnostics;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Text;

namespace Unfold.Experiments;

/// <summary>A language model that was trained, with the weights that did best on the validation text.</summary>
/// <param name="Model">The model.</param>
/// <param name="LastWeights">The weights after the last epoch.</param>
/// <param name="Losses">Of the validation text after each epoch, in nats a token.</param>
/// <param name="Seconds">The time that training with its validations took.</param>
internal sealed record LanguageFit(LanguageModel Model, float[] LastWeights, IReadOnlyList<double> Losses, double Seconds)
{
    /// <summary>The number of each loss, from 1 on.</summary>
    public double[] Epochs => [.. Losses.Select((_, epoch) => epoch + 1.0)];

    /// <summary>Trains a model, measures it on the validation text after each epoch, and keeps the weights that did best there.</summary>
    /// <param name="context">The run of the experiment.</param>
    /// <param name="name">What progress calls the model.</param>
    /// <param name="model">With the weights that it begins with.</param>
    /// <param name="training">How.</param>
    /// <param name="train">What is learned.</param>
    /// <param name="validation">What chooses the epoch.</param>
    public static LanguageFit Run(ExperimentContext context, string name, LanguageModel model, TrainingSettings training, TokenStore train, TokenStore validation)
    {
        var watch = Stopwatch.StartNew();
        long stepsEach = Math.Max(1, (train.Count - 1) / training.BatchSize / training.SequenceLength);
        var trainer = new LanguageModelTrainer(model, training with { CheckpointEvery = (int)stepsEach }, train, validation, context.Workers);
        float[] best = [.. model.Parameters.Values], last = best;
        StackState? lineEnd = null;
        var losses = new List<double>();
        while (!trainer.Finished)
        {
            trainer.Step();
            if (trainer.CheckpointDue)
            {
                (Score score, bool improved) = trainer.Validate();
                losses.Add(score.Loss);
                context.Progress(FormattableString.Invariant($"{name}: epoch {losses.Count} of {training.Epochs}, loss {trainer.RecentLoss:0.0000}, validation {score.Loss:0.0000}, perplexity {score.Perplexity:0.00}"));
                trainer.UseMeasured(measured =>
                {
                    last = [.. measured.Parameters.Values];
                    (best, lineEnd) = improved ? (last, measured.LineEnd) : (best, lineEnd);
                });
            }
        }

        best.CopyTo(model.Parameters.Edit());
        model.LineEnd = lineEnd;
        return new LanguageFit(model, last, losses, watch.Elapsed.TotalSeconds);
    }
}
