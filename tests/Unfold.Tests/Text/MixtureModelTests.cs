using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Tests.Generation;
using Unfold.Tests.NGrams;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Text;

/// <summary>Two models of the same tokens in other orders, mixed.</summary>
public sealed class MixtureModelTests
{
    private static readonly string[] Words = ["a", "b", "c", "d"];

    [Fact]
    public void Probabilities_are_the_weighted_sum_whatever_the_ids()
    {
        (NGramModel first, NGramModel second) = Models();
        var mixture = new MixtureModel(first, second, 0.3);
        foreach (int[] text in (int[][])[[], [3], [3, 4, 5], [6, 6, Vocabulary.EndId, 3]])
        {
            MixtureSession session = mixture.Start();
            NGramSession one = first.Start(), other = second.Start();
            foreach (int token in text)
            {
                session.Feed(token);
                one.Feed(token);
                other.Feed(second.Vocabulary.IdOf(first.Vocabulary[token]));
            }

            double[] expected = [.. Enumerable.Range(0, first.Vocabulary.Count).Select(token =>
                Math.Log((0.3 * Math.Exp(one.LogProbability(token))) + (0.7 * Math.Exp(other.LogProbability(second.Vocabulary.IdOf(first.Vocabulary[token]))))))];
            double[] found = [.. Enumerable.Range(0, first.Vocabulary.Count).Select(session.Fork().LogProbability)];
            Close.Equal(expected, found, 1e-12, 1e-12, "log-probabilities");
            Close.Equal(expected, session.Logits, 1e-6, 1e-6, "logits");
            Close.Equal(1, found.Sum(Math.Exp), 1e-5, 0, "sum");
        }
    }

    [Fact]
    public void A_token_that_one_model_lacks_has_no_chance_there_and_is_read_as_unknown()
    {
        NGramModel first = Models().First, second = Other();
        var mixture = new MixtureModel(first, second, 0.3);
        Assert.Equal((1, 2), (mixture.OnlyFirst, mixture.OnlySecond));
        Assert.Equal(["a", "b", "c", "d", "y", "x"], Enumerable.Range(Vocabulary.SpecialCount, mixture.Vocabulary.SymbolCount).Select(id => mixture.Vocabulary[id]));

        int[] Ids(params string[] words) => [.. words.Select(word => mixture.Vocabulary.IdOf(word))];
        int[][] texts = [Ids(), Ids("a"), Ids("a", "x", "b"), Ids("a", "y", "b"), Ids("d", "d", "c", "b"), [.. Ids("x", "nothing", "a"), Vocabulary.EndId, .. Ids("a", "c")]];
        var tree = new TokenTree();
        int[] ends = [.. texts.Select(text => tree.Add(text))];
        double[] values = mixture.LogProbabilities(tree, new Workers(1), cancellation: TestContext.Current.CancellationToken);
        for (int i = 0; i < texts.Length; i++)
        {
            MixtureSession session = mixture.StartLine();
            NextTokenSession one = first.StartLine(), other = second.StartLine();
            double[] along = tree.Along(values, ends[i]);
            for (int place = 0; place <= texts[i].Length; place++)
            {
                double[] expected = [.. Enumerable.Range(0, mixture.Vocabulary.Count).Select(token => Math.Log((0.3 * Chance(first, one, mixture.Vocabulary[token])) + (0.7 * Chance(second, other, mixture.Vocabulary[token]))))];
                double[] found = [.. Enumerable.Range(0, expected.Length).Select(session.Fork().LogProbability)];
                Close.Equal(expected, found, 1e-12, 1e-12, "log-probabilities");
                Close.Equal(expected, session.Logits, 1e-6, 1e-6, "logits");
                Close.Equal(1, found.Sum(Math.Exp), 1e-5, 0, "sum");
                if (place < texts[i].Length)
                {
                    int token = texts[i][place];
                    Close.Equal(expected[token], along[place], 1e-12, 1e-12, "of the tree");
                    session.Feed(token);
                    one.Feed(first.Vocabulary.IdOf(mixture.Vocabulary[token]));
                    other.Feed(second.Vocabulary.IdOf(mixture.Vocabulary[token]));
                }
            }
        }

        // One that is unknown to both is what each of them says of the unknown; one that only the other lacks is not.
        static double Chance(NGramModel model, NextTokenSession session, string token) =>
            model.Vocabulary.IdOf(token) is var id && id == Vocabulary.UnknownId && token != model.Vocabulary[Vocabulary.UnknownId] ? 0 : Math.Exp(session.LogProbability(id));
    }

    [Fact]
    public void Sequences_that_a_model_reads_alike_are_computed_once()
    {
        var tree = new TokenTree();
        int[] ends = [tree.Add([3, 4, 5]), tree.Add([3, 6, 5]), tree.Add([4])];
        TokenTree mapped = tree.Map([0, 1, 2, 7, 0, 8, 0], out int[] nodes);
        Assert.Equal(5, mapped.Count);
        Assert.Equal(nodes[ends[0]], nodes[ends[1]]);
        Assert.Equal((8, 0, 0), (mapped.Token(nodes[ends[0]]), mapped.Token(nodes[ends[2]]), mapped.Parent(nodes[ends[2]])));
    }

    [Fact]
    public void Tokens_that_both_find_next_to_impossible_keep_their_probability()
    {
        MixtureSession session = new MixtureModel(new PairModel("abcd", seed: 1, spread: 90), new PairModel("dcba", seed: 2, spread: 90), 0.4).Start();
        session.Feed(Vocabulary.SpecialCount);
        double[] expected = [.. Enumerable.Range(0, Vocabulary.SpecialCount + 4).Select(session.LogProbability)];

        // Single precision holds no probability below e^-104.
        Assert.True(expected.Min() < -150);
        Close.Equal(expected, session.Logits, 1e-6, 1e-6, "logits");
    }

    [Fact]
    public void The_tuned_weight_is_the_best()
    {
        (NGramModel first, NGramModel second) = Models();
        var vocabulary = first.Vocabulary;
        int[] heldOut = [Vocabulary.EndId, .. Draw(vocabulary, 99, 30, favourite: "a").SelectMany(sentence => sentence), .. Draw(vocabulary, 98, 30, favourite: "c").SelectMany(sentence => sentence)];
        var mixture = new MixtureModel(first, second, 0.5);
        double tuned = mixture.Tune(TokenStore.FromTokens(heldOut, vocabulary.Count), cancellation: TestContext.Current.CancellationToken).Weight;

        Assert.InRange(tuned, 0.05, 0.95);
        double best = Likelihood(mixture, tuned, heldOut);
        Assert.True(best > Likelihood(mixture, tuned + 0.01, heldOut) && best > Likelihood(mixture, tuned - 0.01, heldOut), $"{tuned} is not the best weight.");
    }

    [Fact]
    public void The_tuned_weight_of_models_that_are_nearly_alike_is_the_best_too()
    {
        (NGramModel first, NGramModel second) = Models();
        NGramModel near = first.Mix(second, 0.9999, cancellation: TestContext.Current.CancellationToken);
        int[] heldOut = [Vocabulary.EndId, .. Draw(first.Vocabulary, 97, 60, favourite: "a").SelectMany(sentence => sentence)];
        var mixture = new MixtureModel(first, near, 0.5);
        double tuned = mixture.Tune(TokenStore.FromTokens(heldOut, first.Vocabulary.Count), cancellation: TestContext.Current.CancellationToken).Weight;
        double best = Likelihood(mixture, tuned, heldOut);
        Assert.All((double[])[0.001, 0.25, 0.5, 0.75, 0.999], weight => Assert.True(best >= Likelihood(mixture, weight, heldOut), $"{weight} is better than {tuned}."));
        Assert.Equal(0.3, new MixtureModel(first, first, 0.3).Tune(TokenStore.FromTokens(heldOut, first.Vocabulary.Count), cancellation: TestContext.Current.CancellationToken).Weight);
    }

    [Fact]
    public void A_model_that_is_always_better_gets_nearly_all()
    {
        (NGramModel first, NGramModel second) = Models();
        int[] heldOut = [.. Draw(first.Vocabulary, 97, 200, favourite: "a").SelectMany(sentence => sentence)];
        double weight = new MixtureModel(first, second, 0.5).Tune(TokenStore.FromTokens(heldOut, first.Vocabulary.Count), cancellation: TestContext.Current.CancellationToken).Weight;
        Assert.InRange(weight, 0.9, 1 - 1e-9);
    }

    [Fact]
    public void Models_that_do_not_fit_are_refused()
    {
        (NGramModel first, NGramModel second) = Models();
        NGramModel running = Model(Words, 1, "a", TextMode.Running);
        Assert.Contains("tokens of the kind space and the second of the kind char", Assert.Throws<UnfoldException>(() => new MixtureModel(Other(), PairModel.OfSentences("abcd", seed: 1), 0.5)).Message, StringComparison.Ordinal);
        Assert.Contains("running text", Assert.Throws<UnfoldException>(() => new MixtureModel(first, running, 0.5)).Message, StringComparison.Ordinal);
        var tree = new TokenTree();
        tree.Add([3, 9]);
        Assert.Contains("from 0 to 8; found 9", Assert.Throws<ArgumentException>(() => new MixtureModel(first, Other(), 0.5).LogProbabilities(tree, new Workers(1), cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        foreach (double weight in (double[])[0, 1, -1, double.NaN])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new MixtureModel(first, second, weight));
        }

        Assert.Throws<UnfoldException>(() => new MixtureModel(first, second, 0.5).Tune(
            TokenStore.FromTokens([Vocabulary.BeginId], first.Vocabulary.Count), cancellation: TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => new MixtureModel(first, second, 0.5).Start().Feed(99));
    }

    private static double Likelihood(MixtureModel mixture, double weight, int[] heldOut)
    {
        MixtureSession session = mixture.WithWeight(weight).Start();
        double sum = 0;
        foreach (int token in heldOut.Skip(1))
        {
            sum += session.LogProbability(token);
            session.Feed(token);
        }

        return sum;
    }

    private static (NGramModel First, NGramModel Second) Models() =>
        (Model(Words, 1, "a", TextMode.Sentences), Model([.. Words.Reverse()], 2, "c", TextMode.Sentences));

    /// <summary>A model that knows "y" and "x" and not "d".</summary>
    private static NGramModel Other() => Model(["y", "c", "b", "x", "a"], 5, "c", TextMode.Sentences);

    private static NGramModel Model(string[] words, ulong seed, string favourite, TextMode mode)
    {
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Space) { Mode = mode }, words);
        int[] tokens = [.. Draw(vocabulary, seed, 100, favourite).SelectMany(sentence => mode == TextMode.Sentences ? sentence : sentence[..^1])];
        return RandomText.Train(TokenStore.FromTokens(tokens, vocabulary.Count), vocabulary, new NGramOptions { Order = 2 });
    }

    private static IEnumerable<int[]> Draw(Vocabulary vocabulary, ulong seed, int sentences, string favourite)
    {
        var random = new SeededRandom(seed);
        for (int i = 0; i < sentences; i++)
        {
            yield return [.. Enumerable.Range(0, 4).Select(_ => random.NextInt32(2) == 0 ? vocabulary.IdOf(favourite) : vocabulary.IdOf(Words[random.NextInt32(4)])), Vocabulary.EndId];
        }
    }
}
