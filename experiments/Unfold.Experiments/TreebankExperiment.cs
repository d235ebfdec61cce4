using Unfold.Experiments.Data;
using Unfold.Pictures;

namespace Unfold.Experiments;

/// <summary>
/// The words of the Penn Treebank, foretold by an LSTM of 2 x 200. Perplexity over all words and ends of sentences, the state carried through;
/// the validation part chooses the epoch.
/// </summary>
/// <remarks>The baseline is an interpolated 5-gram, modified Kneser-Ney without cut-offs, on the same words.</remarks>
/// <param name="name">The word that names it on the command line.</param>
/// <param name="summary">One line for the list.</param>
/// <param name="published">The published test perplexity; null where there is none.</param>
/// <param name="recipes">Makes the recipes: from the share of work that is wanted.</param>
internal sealed class TreebankExperiment(string name, string summary, double? published, Func<ExperimentContext, IReadOnlyList<TreebankRecipe>> recipes) : Experiment
{
    private const double FiveGram = 145.5;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override string Summary => summary;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNeeded => Treebank.Needed;

    /// <summary>The small model as it was published (Zaremba et al., 2014): test perplexity 114.5.</summary>
    public static TreebankExperiment Published { get; } = new(
        "treebank", "Foretells the next word of the Penn Treebank, as published in 2014.", 114.5, context => [TreebankRecipe.Published(context)]);

    /// <summary>The same size with what was found out since.</summary>
    public static TreebankExperiment Tuned { get; } = new(
        "treebanktuned", "The same words and size with what was found out since: tied weights, locked dropout, dropped weights, averages.", null, context => [TreebankRecipe.Today(context)]);

    /// <summary>What each change brought, in few epochs each.</summary>
    public static TreebankExperiment Steps { get; } = new(
        "treebanksteps", "The way from the one to the other, a change at a time, in few epochs each.", null, TreebankRecipe.Steps);

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        Treebank data = Treebank.Read(context.Data, context.Choose(int.MaxValue, 600));
        var chart = new LineChart("Penn Treebank: validation perplexity") { HorizontalLabel = "epoch", VerticalLabel = "perplexity" };
        foreach (TreebankRecipe recipe in recipes(context))
        {
            TreebankRun run = recipe.Run(context, data);
            context.Report(recipe.Name, "validation perplexity", run.Perplexity(data.Validation, context));
            context.Report(recipe.Name, "test perplexity", run.Perplexity(data.Test, context), FiveGram, published, run.Model.Parameters.ValueCount, run.Seconds);
            chart.Add(recipe.Name, [.. run.Losses.Select((_, epoch) => epoch + 1.0)], [.. run.Losses.Select(Math.Exp)]);
        }

        context.Picture(chart.ToSvg());
    }
}
