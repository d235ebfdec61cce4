using System.Diagnostics;
using Unfold.Autograd;
using Unfold.Experiments.Data;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Experiments;

/// <summary>A word model of the treebank and how it is trained.</summary>
/// <param name="Name">What the results call it.</param>
/// <param name="Model">The shape.</param>
/// <param name="Training">How; its validations come once an epoch.</param>
/// <param name="InitialRange">All weights start uniform in plus or minus this; 0 leaves them as the layers draw them.</param>
internal sealed record TreebankRecipe(string Name, LanguageModelSettings Model, TrainingSettings Training, double InitialRange = 0)
{
    /// <summary>Trains a model, each epoch measured on the validation part, and keeps the weights that did best there.</summary>
    public TreebankRun Run(ExperimentContext context, Treebank data)
    {
        var watch = Stopwatch.StartNew();
        TrainingSettings settings = Training with { Seed = context.Random.NextUInt64() };
        var model = new LanguageModel(Model, data.Vocabulary, new SeededRandom(settings.Seed));
        Initialize(model, new SeededRandom(settings.Seed));
        long stepsEach = (data.Train.Count - 1) / settings.BatchSize / settings.SequenceLength;
        var trainer = new LanguageModelTrainer(model, settings with { CheckpointEvery = (int)stepsEach }, data.Train, data.Validation, context.Workers);
        float[] best = [];
        var losses = new List<double>();
        while (!trainer.Finished)
        {
            trainer.Step();
            if (trainer.CheckpointDue)
            {
                (Score score, bool improved) = trainer.Validate();
                losses.Add(score.Loss);
                context.Progress(FormattableString.Invariant($"{Name}: epoch {losses.Count} of {settings.Epochs}, training {Math.Exp(trainer.RecentLoss):0.0}, validation {score.Perplexity:0.00}"));
                trainer.UseMeasured(measured => best = improved ? [.. measured.Parameters.Values] : best);
            }
        }

        best.CopyTo(model.Parameters.Edit());
        return new TreebankRun(model, losses, watch.Elapsed.TotalSeconds);
    }

    private void Initialize(LanguageModel model, SeededRandom random)
    {
        if (InitialRange == 0)
        {
            return;
        }

        foreach (Parameter parameter in model.Parameters)
        {
            foreach (ref float value in parameter.Edit())
            {
                value = (float)(InitialRange * ((2 * random.NextDouble()) - 1));
            }
        }
    }
}

/// <summary>What training has made.</summary>
/// <param name="Model">With the weights that did best on the validation part.</param>
/// <param name="Losses">Of the validation part after each epoch, in nats a word.</param>
/// <param name="Seconds">The time that training with its validations took.</param>
internal sealed record TreebankRun(LanguageModel Model, IReadOnlyList<double> Losses, double Seconds);
