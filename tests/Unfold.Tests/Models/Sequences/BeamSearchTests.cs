using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Models.Sequences;

public sealed class BeamSearchTests
{
    private static readonly string[] Letters = ["a", "b", "c"];

    public static TheoryData<AttentionKind> Kinds => [.. Enum.GetValues<AttentionKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_wide_beam_finds_what_all_sequences_are_worth(AttentionKind attention)
    {
        EncoderDecoder model = WithoutUnknown(attention);
        foreach (double alpha in (double[])[0, 0.6, 2])
        {
            var options = new DecodingOptions { Beam = 500, LengthNormalization = alpha, MaximumLength = 5 };
            foreach (string source in (string[])["a", "cab", "bbacab"])
            {
                string[] symbols = [.. source.Select(letter => letter.ToString())];
                IReadOnlyList<Hypothesis> found = model.Search(Sequence.OfSymbols(symbols), options);
                List<(string[] Target, double LogProbability)> all = [.. Targets(4).Select(target => (target, LogProbability(model, symbols, target)))];
                Hypothesis[] complete = [.. found.Where(hypothesis => hypothesis.IsComplete)];
                Assert.Equal(all.Count, complete.Length);
                (string[] Target, double LogProbability)[] ranked = [.. all.OrderByDescending(entry => entry.LogProbability / Math.Pow((5 + entry.Target.Length + 1) / 6.0, alpha))];
                Assert.Equal(ranked[0].Target, complete[0].Symbols);
                for (int i = 0; i < ranked.Length; i++)
                {
                    double worth = ranked[i].LogProbability / Math.Pow((6 + ranked[i].Target.Length) / 6.0, alpha);
                    Close.Equal(worth, complete[i].Score, relative: 1e-4, absolute: 1e-5, $"score {i}");
                    Close.Equal(all.Single(entry => entry.Target.SequenceEqual(complete[i].Symbols)).LogProbability, complete[i].LogProbability, relative: 1e-4, absolute: 1e-5, "log p");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_beam_of_one_is_the_greedy_search(AttentionKind attention)
    {
        EncoderDecoder model = Reversals.Random(Reversals.Settings(attention, CellKind.Lstm));
        foreach (SequencePair pair in Reversals.Pairs(new SeededRandom(9), 20, 1, 7, 3))
        {
            Hypothesis found = Assert.Single(model.Search(pair.Source, new DecodingOptions { Beam = 1 }));
            (List<string> symbols, double logProbability, bool ended) = Greedy(model, pair.Source, limit: (2 * pair.Source.Length) + 10);
            Assert.Equal(symbols, found.Symbols);
            Assert.Equal(ended, found.IsComplete);
            Close.Equal(logProbability, found.LogProbability, relative: 1e-5, absolute: 1e-6, "log p");
            Assert.Equal(symbols, model.Predict(pair.Source));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Sources_together_get_the_same_bits_as_one_by_one(AttentionKind attention)
    {
        EncoderDecoder model = Reversals.Random(Reversals.Settings(attention, CellKind.Lstm, hidden: 21));
        Sequence[] sources = [.. Reversals.Pairs(new SeededRandom(9), 30, 1, 12, 3).Select(pair => pair.Source)];
        foreach (int beam in (int[])[1, 4])
        {
            var options = new DecodingOptions { Beam = beam };
            IReadOnlyList<IReadOnlyList<Hypothesis>> together = model.Search(sources, options, new Workers(2), TestContext.Current.CancellationToken);
            for (int i = 0; i < sources.Length; i++)
            {
                IReadOnlyList<Hypothesis> alone = model.Search(sources[i], options);
                Assert.Equal(beam, alone.Count);
                Assert.Equal(alone.Count, together[i].Count);
                for (int k = 0; k < alone.Count; k++)
                {
                    Assert.Equal(alone[k].Symbols, together[i][k].Symbols);
                    Assert.Equal(alone[k].LogProbability, together[i][k].LogProbability);
                    Assert.Equal(alone[k].Attention.Count, together[i][k].Attention.Count);
                    Assert.All(alone[k].Attention.Zip(together[i][k].Attention), rows => Close.Same(rows.First.Span, rows.Second.Span, "attention"));
                }
            }

            Assert.True(together.SelectMany(hypotheses => hypotheses).Select(hypothesis => hypothesis.Symbols.Count).Distinct().Count() > 3, "The hypotheses are all of one length and test little.");
        }
    }

    [Fact]
    public void A_wider_beam_finds_no_less()
    {
        EncoderDecoder model = Reversals.Random(Reversals.Settings(AttentionKind.Multiplicative));
        Sequence[] sources = [.. Reversals.Pairs(new SeededRandom(19), 30, 3, 6, 3).Select(pair => pair.Source)];
        double Sum(int beam) => model.Search(sources, new DecodingOptions { Beam = beam, LengthNormalization = 0 }).Sum(hypotheses => hypotheses[0].LogProbability);
        Assert.True(Sum(8) > Sum(1), $"{Sum(8)} against {Sum(1)}");
    }

    [Fact]
    public void Length_normalization_lets_longer_ones_win()
    {
        // Whatever came before, "a" has probability 0.7 and the end 0.3: log p is best without a symbol.
        EncoderDecoder model = Reversals.Random(Reversals.Settings(AttentionKind.None), kinds: 1);
        model.Decoder.Output.Projection.Weights.Edit().Clear();
        float[] bias = [5, MathF.Log(0.7f), MathF.Log(0.3f)];
        bias.CopyTo(model.Decoder.Output.Projection.Bias.Edit());
        Hypothesis Best(double alpha) => model.Search(Sequence.OfSymbols(["x"]), new DecodingOptions { Beam = 6, LengthNormalization = alpha, MaximumLength = 4 })[0];
        Assert.Empty(Best(0).Symbols);
        Close.Equal(Math.Log(0.3), Best(0).Score, relative: 1e-6, absolute: 0, "log p");
        Hypothesis longest = Best(2);
        Assert.Equal(["a", "a", "a"], longest.Symbols);
        Close.Equal((Math.Log(0.3) + (3 * Math.Log(0.7))) / 2.25, longest.Score, relative: 1e-6, absolute: 0, "score");
        Assert.True(longest.IsComplete);
    }

    [Fact]
    public void What_does_not_end_is_cut_off_and_comes_after_what_ends()
    {
        EncoderDecoder model = Reversals.Random(Reversals.Settings(AttentionKind.Additive), kinds: 1);
        model.Decoder.Output.Projection.Weights.Edit().Clear();
        float[] bias = [0, 3, 0];
        bias.CopyTo(model.Decoder.Output.Projection.Bias.Edit());
        IReadOnlyList<Hypothesis> found = model.Search(Sequence.OfSymbols(["x", "x"]), new DecodingOptions { Beam = 2, MaximumLength = 3 });
        Assert.Equal([true, false], found.Select(hypothesis => hypothesis.IsComplete));
        Assert.Equal(["a", "a", "a"], found[1].Symbols);
        Assert.Equal(3, found[1].Attention.Count);
        Assert.All(found[1].Attention, row => Assert.Equal(2, row.Length));
        Assert.True(found[1].LogProbability > found[0].LogProbability);
        Assert.Equal(14, Assert.Single(model.Search(Sequence.OfSymbols(["x", "x"]))).Symbols.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_no_number_is_refused(AttentionKind attention)
    {
        EncoderDecoder model = Reversals.Random(Reversals.Settings(attention));
        Sequence source = Sequence.OfSymbols(["a", "b"]);
        Assert.Equal(3, model.Search(source, new DecodingOptions { Beam = 3 }).Count);
        model.Encoder.Parameters[^1].Edit()[0] = float.NaN;
        Assert.Contains("What the model writes is no number: its weights are damaged", Assert.Throws<UnfoldException>(() => model.Predict(source)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_beam_that_no_memory_holds_is_refused_and_a_wide_one_takes_fewer_sources_together()
    {
        Assert.Contains(
            "A search that follows 3,000,000 hypotheses side by side needs 11.2 GiB in a step, more than one array holds: lower the beam.",
            Assert.Throws<UnfoldException>(() => MemoryBudget.RequireSearch(3_000_000, 1_001)).Message,
            StringComparison.Ordinal);
        MemoryBudget.RequireSearch(3_000, 1_001);
        EncoderDecoder model = Reversals.Random(Reversals.Settings(AttentionKind.Multiplicative));
        Sequence[] sources = [.. Reversals.Pairs(new SeededRandom(9), 9, 1, 4, 3).Select(pair => pair.Source)];
        var options = new DecodingOptions { Beam = 1_500, MaximumLength = 5 };
        IReadOnlyList<IReadOnlyList<Hypothesis>> together = model.Search(sources, options, new Workers(2), TestContext.Current.CancellationToken);
        for (int i = 0; i < sources.Length; i++)
        {
            IReadOnlyList<Hypothesis> alone = model.Search(sources[i], options);
            Assert.Equal(alone.Select(hypothesis => hypothesis.LogProbability), together[i].Select(hypothesis => hypothesis.LogProbability));
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        EncoderDecoder model = Reversals.Random(Reversals.Settings(AttentionKind.None));
        Sequence source = Sequence.OfSymbols(["a"]);
        Assert.Contains("at least 1 hypothesis; found 0", Assert.Throws<UnfoldException>(() => model.Search(source, new DecodingOptions { Beam = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("found -1", Assert.Throws<UnfoldException>(() => model.Search(source, new DecodingOptions { LengthNormalization = -1 })).Message, StringComparison.Ordinal);
        Assert.Contains("found NaN", Assert.Throws<UnfoldException>(() => model.Search(source, new DecodingOptions { LengthNormalization = double.NaN })).Message, StringComparison.Ordinal);
        Assert.Contains("at least 1; found 0", Assert.Throws<UnfoldException>(() => model.Predict(source, new DecodingOptions { MaximumLength = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("2 columns", Assert.Throws<UnfoldException>(() => model.Predict(Sequence.OfSymbols(["a"], ["b"]))).Message, StringComparison.Ordinal);
        Assert.Empty(model.Predict(Array.Empty<Sequence>(), cancellation: TestContext.Current.CancellationToken));
    }

    /// <summary>A model that never thinks of the unknown, so that the loss and the search know the same probabilities.</summary>
    private static EncoderDecoder WithoutUnknown(AttentionKind attention)
    {
        EncoderDecoder model = Reversals.Random(Reversals.Settings(attention, CellKind.Lstm));
        model.Decoder.Output.Projection.Bias.Edit()[SymbolTable.Unknown] = -60;
        return model;
    }

    private static IEnumerable<string[]> Targets(int longest)
    {
        IEnumerable<string[]> ofOneLength = [[]];
        for (int length = 0; length <= longest; length++)
        {
            foreach (string[] target in ofOneLength)
            {
                yield return target;
            }

            ofOneLength = [.. ofOneLength.SelectMany(target => Letters.Select(letter => (string[])[.. target, letter]))];
        }
    }

    private static double LogProbability(EncoderDecoder model, string[] source, string[] target) =>
        -model.Loss(new Tape(new Workers(1)) { Recording = false }, [new SequencePair(source, target)]).Values[0] * (target.Length + 1.0);

    private static (List<string> Symbols, double LogProbability, bool Ended) Greedy(EncoderDecoder model, Sequence source, int limit)
    {
        var tape = new Tape(new Workers(1)) { Recording = false };
        (Tensor outputs, StackState final, IReadOnlyList<int>? lengths) = model.Encoder.Forward(tape, [source], random: null);
        AttentionMemory? memory = model.Decoder.Attention?.Prepare(tape, outputs, lengths);
        StackState state = model.Decoder.Start(tape, final);
        var symbols = new List<string>();
        double logProbability = 0;
        int previous = model.Decoder.End;
        for (int step = 0; step < limit; step++)
        {
            (Tensor logits, state, _) = model.Decoder.Step(tape, [previous], state, memory, [1]);
            double[] known = [.. logits.Values[1..].ToArray().Select(logit => (double)logit)];
            previous = Array.IndexOf(known, known.Max()) + 1;
            logProbability += known.Max() - Math.Log(known.Sum(Math.Exp));
            if (previous == model.Decoder.End)
            {
                return (symbols, logProbability, true);
            }

            symbols.Add(model.Decoder.Symbols.Symbols[previous - 1]);
        }

        return (symbols, logProbability, false);
    }
}
