using Unfold.Autograd;
using Unfold.Experiments;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Experiments;

/// <summary>The training of language models in experiments.</summary>
public sealed class LanguageFitTests
{
    [Fact]
    public void The_weights_of_the_best_epoch_are_kept()
    {
        using var data = new SmallData();
        var grammar = Grammar.CreateEmbedded();
        Corpus corpus = Corpus.Load(
            TextSource.FromString(grammar.WriteText(new SeededRandom(1), 3_000)),
            new CorpusOptions { Kind = TokenKind.Word },
            TextSource.FromString(grammar.WriteText(new SeededRandom(2), 1_500)),
            cancellation: TestContext.Current.CancellationToken);
        var context = new ExperimentContext("fit", new RunSettings(data.Folder, 1, new Workers(1), Quick: false, data.Path, TextWriter.Null), _ => { });

        // Little text and a high rate: it is soon known by heart.
        LanguageFit Fit(int epochs) => LanguageFit.Run(
            context,
            "fit",
            new LanguageModel(new LanguageModelSettings { Hidden = 32, Embedding = 16 }, corpus.Vocabulary, new SeededRandom(3)),
            new TrainingSettings { Epochs = epochs, BatchSize = 4, SequenceLength = 10, LearningRate = 0.03 },
            corpus.Train,
            corpus.Validation);

        LanguageFit whole = Fit(12);
        Assert.Equal(12, whole.Losses.Count);
        int best = whole.Losses.Index().MinBy(epoch => epoch.Item).Index;
        Assert.InRange(best, 0, 9);
        LanguageFit upToBest = Fit(best + 1);
        Close.Same(upToBest.Model.Parameters.Values.ToArray(), whole.Model.Parameters.Values.ToArray(), "The weights after the best epoch");

        // Lines begin as they end by these weights.
        StackState? lineEnd = whole.Model.LineEnd;
        Assert.NotNull(lineEnd);
        upToBest.Model.FindLineEnd(corpus.Train, new Workers(1));
        foreach (((string name, Tensor wanted), (_, Tensor found)) in upToBest.Model.LineEnd!.Parts.Zip(lineEnd.Parts))
        {
            Close.Same(wanted.Values, found.Values, name);
        }
    }
}
