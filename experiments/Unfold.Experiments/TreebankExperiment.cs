using Unfold.Experiments.Data;
using Unfold.Models;
using Unfold.Pictures;

namespace Unfold.Experiments;

/// <summary>
/// The words of the Penn Treebank: the small model of Zaremba et al. (2014) as it was published, then a model of the same size with what was
/// found out since. Perplexity over all words and ends of sentences, the state carried through.
/// </summary>
/// <remarks>
/// The published recipe sums the loss over the 20 steps of a window, with rate 1 and norm 5; with the mean, as here, that is rate 20 and norm
/// 0.25. It has two biases where there is one here.
/// </remarks>
internal sealed class TreebankExperiment : Experiment
{
    // Interpolated modified Kneser-Ney without cut-offs on the same words.
    private const double FiveGram = 145.5;

    /// <inheritdoc/>
    public override string Name => "treebank";

    /// <inheritdoc/>
    public override string Summary => "Foretells the next word of the Penn Treebank: as published in 2014, and as one would today.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNeeded => Treebank.Needed;

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        Treebank data = Treebank.Read(context.Data, context.Choose(int.MaxValue, 600));
        var chart = new LineChart("Penn Treebank: validation perplexity") { HorizontalLabel = "epoch", VerticalLabel = "perplexity" };
        foreach ((TreebankRecipe recipe, double? published) in ((TreebankRecipe, double?)[])[(Published(context), 114.5)])
        {
            TreebankRun run = recipe.Run(context, data);
            double validation = LanguageModelScorer.Score(run.Model, data.Validation, context.Workers).Perplexity;
            context.Report(recipe.Name, "validation perplexity", validation);
            double test = LanguageModelScorer.Score(run.Model, data.Test, context.Workers).Perplexity;
            context.Report(recipe.Name, "test perplexity", test, FiveGram, published, run.Model.Parameters.ValueCount, run.Seconds);
            chart.Add(recipe.Name, [.. run.Losses.Select((_, epoch) => epoch + 1.0)], [.. run.Losses.Select(Math.Exp)]);
        }

        context.Picture(chart.ToSvg());
    }

    /// <summary>The recipe of Zaremba et al. (2014), small.</summary>
    private static TreebankRecipe Published(ExperimentContext context) => new(
        "LSTM 2x200 of 2014",
        new LanguageModelSettings { Layers = 2, Hidden = context.Choose(200, 20), Embedding = context.Choose(200, 20) },
        new TrainingSettings
        {
            SequenceLength = 20,
            BatchSize = 20,
            Epochs = context.Choose(13, 1),
            Optimizer = OptimizerKind.Sgd,
            LearningRate = 20,
            Schedule = ScheduleKind.Halving,
            ClipNorm = 0.25,
        },
        InitialRange: 0.1);
}
