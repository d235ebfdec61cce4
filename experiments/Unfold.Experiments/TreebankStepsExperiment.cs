using Unfold.Experiments.Data;
using Unfold.Models;
using Unfold.Pictures;
using Unfold.Training;

namespace Unfold.Experiments;

/// <summary>The way from the small model of the Penn Treebank of 2014 to that of today: what each change brings in the same few epochs.</summary>
/// <remarks>All begin with the same seed. The baseline is what the recipe before has reached.</remarks>
internal sealed class TreebankStepsExperiment : Experiment
{
    /// <inheritdoc/>
    public override string Name => "treebanksteps";

    /// <inheritdoc/>
    public override string Summary => "The way from the published model of the Penn Treebank to that of today, a change at a time, in few epochs each.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNeeded => Treebank.Needed;

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        TextParts text = Treebank.Read(context.Data, context.Choose(int.MaxValue, 600));
        var chart = new LineChart("Penn Treebank: validation perplexity") { HorizontalLabel = "epoch", VerticalLabel = "perplexity" };
        ulong seed = context.Random.NextUInt64();
        double? before = null;
        foreach (TreebankRecipe recipe in TreebankRecipe.Steps(context))
        {
            LanguageFit fit;
            try
            {
                fit = recipe.Run(context, text, seed);
            }
            catch (DivergenceException diverged)
            {
                context.Progress($"{recipe.Name}: {diverged.Message}");
                continue;
            }

            double reached = LanguageModelScorer.Score(fit.Model, text.Validation, context.Workers).Perplexity;
            context.Report(recipe.Name, "validation perplexity", reached, before, parameters: fit.Model.Parameters.ValueCount, seconds: fit.Seconds);
            if (fit.Losses.All(loss => loss < Math.Log(text.Vocabulary.Count)))
            {
                // What was ever worse than guessing would flatten all others.
                chart.Add(recipe.Name, fit.Epochs, [.. fit.Losses.Select(Math.Exp)]);
            }

            before = reached;
        }

        context.Picture(chart.ToSvg());
    }
}
