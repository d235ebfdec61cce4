using Unfold.Models;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Scoring;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Scoring;

/// <summary>N-grams, and mixtures with a recurrent model, in sentence mode.</summary>
public sealed class MixedScoreTests
{
    private const string Text = "the cat sat on the mat\nthe dog sat\na cat ran on\nthe cat ran on the dog\n";
    private static readonly string[] Lines = ["the cat sat", "the cat ran", "", "a zebra sat"];

    [Fact]
    public void A_tree_gives_what_sessions_give_one_by_one()
    {
        Corpus corpus = Corpus.Load(TextSource.FromString(Text), new CorpusOptions { Kind = TokenKind.Space, Mode = TextMode.Sentences }, cancellation: TestContext.Current.CancellationToken);
        NGramModel counted = NGramTrainer.Train(corpus.Train, corpus.Vocabulary, new NGramOptions { Order = 3, Smoothing = Smoothing.Additive }, cancellation: TestContext.Current.CancellationToken).Model;

        // The recurrent model has the same words under other ids.
        var turned = new Vocabulary(corpus.Vocabulary.Tokenization, Enumerable.Range(Vocabulary.SpecialCount, corpus.Vocabulary.SymbolCount).Reverse().Select(id => corpus.Vocabulary[id]));
        var recurrent = new LanguageModel(new LanguageModelSettings { Hidden = 8 }, turned, new SeededRandom(2));
        foreach (NextTokenModel model in (NextTokenModel[])[counted, recurrent, new MixtureModel(counted, recurrent, 0.3), new MixtureModel(recurrent, counted, 0.3)])
        {
            List<double> shares = [];
            IReadOnlyList<SentenceScore> scores = new SentenceScorer(model, new Workers(2)).Score(Lines, shares.Add, TestContext.Current.CancellationToken);
            Assert.Equal(shares.Order(), shares);
            Assert.InRange(shares.Distinct().Count(), 3, 20);
            Assert.InRange(shares[^1], 0.7, 1);
            Assert.InRange(shares[0], 0, 0.4);
            foreach ((string line, SentenceScore score) in Lines.Zip(scores))
            {
                int[] tokens = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => model.Vocabulary.IdOf(word)), Vocabulary.EndId];
                Assert.Equal(tokens, score.Tokens);
                double[] wanted = Sessions.Walk(model.Start(), tokens);
                Close.Equal(wanted, [.. score.LogProbabilities], 1e-6, 2e-6, $"{model.GetType().Name}: {line}");
            }
        }
    }
}
