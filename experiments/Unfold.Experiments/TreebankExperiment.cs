using Unfold.Experiments.Data;
using Unfold.Models;
using Unfold.NGrams;
using Unfold.Pictures;
using Unfold.Text;

namespace Unfold.Experiments;

/// <summary>
/// The words of the Penn Treebank, foretold by an LSTM of 2 x 200: perplexity over all words and ends of sentences, the state carried through. Then the
/// same model mixed with n-grams, and following the text that it is measured on.
/// </summary>
/// <remarks>
/// The baseline is an interpolated 5-gram, modified Kneser-Ney without cut-offs, of the same words. The validation part chooses the epoch, the
/// weight of the mixture, and how the text is followed.
/// </remarks>
/// <param name="name">The word that names it on the command line.</param>
/// <param name="summary">One line for the list.</param>
/// <param name="published">The published test perplexity; null where there is none.</param>
/// <param name="create">Makes the recipe.</param>
internal sealed class TreebankExperiment(string name, string summary, double? published, Func<ExperimentContext, TreebankRecipe> create) : Experiment
{
    private const double PublishedFiveGram = 141.2;

    // What is tried on the validation part. The cache remembers as many words as its authors' for this text.
    private const int CacheSize = 500;
    private static readonly double[] Rates = [0.5, 1, 2], Flatnesses = [0.1, 0.2, 0.4], Weights = [0.1, 0.2];

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override string Summary => summary;

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNeeded => Treebank.Needed;

    /// <summary>The small model as it was published (Zaremba et al., 2014): test perplexity 114.5.</summary>
    public static TreebankExperiment Published { get; } = new(
        "treebank", "Foretells the next word of the Penn Treebank, as published in 2014.", 114.5, TreebankRecipe.Published);

    /// <summary>The same size with what was found out since.</summary>
    public static TreebankExperiment Tuned { get; } = new(
        "treebanktuned", "The same words and size with what was found out since: tied weights, locked dropout, averages.", null, TreebankRecipe.Today);

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        TextParts text = Treebank.Read(context.Data, context.Choose(int.MaxValue, 600));
        NGramModel fiveGram = NGramTrainer.Train(text.Train, text.Vocabulary, new NGramOptions { Order = 5 }).Model;
        double counted = LanguageModelScorer.Score(fiveGram, text.Test, context.Workers).Perplexity;
        context.Report("5-gram", "test perplexity", counted, published: PublishedFiveGram);

        TreebankRecipe recipe = create(context);
        LanguageFit fit = recipe.Run(context, text, context.Random.NextUInt64());

        // The published figures are those after the last epoch.
        float[] best = [.. fit.Model.Parameters.Values];
        fit.LastWeights.CopyTo(fit.Model.Parameters.Edit());
        context.Report($"{recipe.Name}, last epoch", "validation perplexity", LanguageModelScorer.Score(fit.Model, text.Validation, context.Workers).Perplexity);
        context.Report($"{recipe.Name}, last epoch", "test perplexity", LanguageModelScorer.Score(fit.Model, text.Test, context.Workers).Perplexity, counted, published);
        best.CopyTo(fit.Model.Parameters.Edit());
        context.Report(recipe.Name, "validation perplexity", LanguageModelScorer.Score(fit.Model, text.Validation, context.Workers).Perplexity);
        context.Report(recipe.Name, "test perplexity", LanguageModelScorer.Score(fit.Model, text.Test, context.Workers).Perplexity, counted, published, fit.Model.Parameters.ValueCount, fit.Seconds);
        context.Picture(new LineChart("Penn Treebank: validation perplexity") { HorizontalLabel = "epoch", VerticalLabel = "perplexity" }
            .Add(recipe.Name, fit.Epochs, [.. fit.Losses.Select(Math.Exp)]).ToSvg());

        MixtureModel both = new MixtureModel(fit.Model, fiveGram, 0.5).Tune(text.Validation);
        context.Progress(FormattableString.Invariant($"the share of the network in the mixture is {both.Weight:0.###}"));
        context.Report($"{recipe.Name} and 5-gram", "test perplexity", LanguageModelScorer.Score(both, text.Test, context.Workers).Perplexity, counted);

        double Measure(TokenStore part, StreamAdaptation adaptation) => AdaptingScorer.Score(fit.Model, part, adaptation, context.Workers).Perplexity;
        double Try(StreamAdaptation adaptation)
        {
            try
            {
                double perplexity = Measure(text.Validation, adaptation);
                context.Progress(FormattableString.Invariant($"validation perplexity {perplexity:0.00} with {adaptation}"));
                return perplexity;
            }
            catch (UnfoldException diverged)
            {
                context.Progress(diverged.Message);
                return double.PositiveInfinity;
            }
        }

        StreamAdaptation Best(IEnumerable<StreamAdaptation> tried) => tried.MinBy(Try)!;
        StreamAdaptation learning = Best(Rates.Select(rate => new StreamAdaptation { LearningRate = rate }));
        context.Report($"{recipe.Name}, dynamic", "test perplexity", Measure(text.Test, learning), counted);
        StreamAdaptation remembering = Best(Flatnesses.SelectMany(_ => Weights, (flatness, weight) => new StreamAdaptation { Cache = CacheSize, CacheFlatness = flatness, CacheWeight = weight }));
        context.Report($"{recipe.Name}, cache", "test perplexity", Measure(text.Test, remembering), counted);
        context.Report($"{recipe.Name}, dynamic, cache", "test perplexity", Measure(text.Test, remembering with { LearningRate = learning.LearningRate }), counted);
    }
}
