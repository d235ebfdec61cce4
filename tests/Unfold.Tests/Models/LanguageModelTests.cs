using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Generation;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Models;

public sealed class LanguageModelTests
{
    private static readonly int[] Tokens = [3, 7, 4, 4, 9, 5, 8];

    public static TheoryData<CellKind, int, int> Kinds
    {
        get
        {
            var data = new TheoryData<CellKind, int, int>();
            foreach (CellKind cell in CellKinds.All)
            {
                data.Add(cell, 0, 1);
                data.Add(cell, 5, 2);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_session_gives_the_logits_of_the_model(CellKind cell, int embedding, int workers)
    {
        LanguageModel model = Create(cell, embedding);
        var tape = new Tape(new Workers(workers)) { Recording = false };
        float[] wanted = model.Logits(tape, Tokens, batch: 1).Logits.Values.ToArray();
        var session = new LanguageModelSession(model, new Workers(workers));
        for (int t = 0; t < Tokens.Length; t++)
        {
            session.Feed(Tokens[t]);
            for (int v = 0; v < model.Vocabulary.Count; v++)
            {
                Assert.Equal(wanted[(t * model.Vocabulary.Count) + v], session.Logits[v], 1e-5f);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_fork_and_a_restored_state_go_on_with_the_same_bits(CellKind cell, int embedding, int workers)
    {
        var session = new LanguageModelSession(Create(cell, embedding), new Workers(workers));
        session.Feed(3);
        StackState state = session.State.Copy();
        float[] logits = session.Logits.ToArray();
        LanguageModelSession fork = session.Fork();
        session.Feed(7);
        float[] after = session.Logits.ToArray();
        fork.Feed(7);
        Assert.Equal(after, fork.Logits.ToArray());
        session.Feed(9);
        session.Restore(state, logits);
        Assert.Equal(logits, session.Logits.ToArray());
        session.Feed(7);
        Assert.Equal(after, session.Logits.ToArray());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_session_gives_log_probabilities_that_sum_to_one_and_follow_the_text(CellKind cell, int embedding, int workers)
    {
        var threads = new Workers(workers);
        NextTokenSession session = new LanguageModelSession(Create(cell, embedding), threads);
        double[] before = Distribution(session);
        foreach (int token in (int[])[3, 5])
        {
            session.Feed(token);
            double[] found = Distribution(session);
            Assert.NotEqual(before, found);
            Assert.Equal(1, found.Sum(), 1e-9);
            double[] wanted = new double[found.Length];
            NextToken.Probabilities(session.Logits, 1, wanted);
            for (int v = 0; v < wanted.Length; v++)
            {
                Assert.Equal(wanted[v], found[v], 1e-12);
            }

            before = found;
        }

        Assert.Throws<ArgumentException>(() => session.LogProbability(-1));
        Assert.Throws<ArgumentException>(() => session.LogProbability(before.Length));
    }

    [Fact]
    public void What_another_model_left_is_refused_by_its_name()
    {
        LanguageModel Create(int hidden, int layers) => new(
            new LanguageModelSettings { Hidden = hidden, Layers = layers }, new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b"]), new SeededRandom(1));
        LanguageModel model = Create(hidden: 3, layers: 2);
        LanguageModelSession session = model.Start();
        float[] logits = [.. session.Logits];
        Assert.Throws<ArgumentException>("state", () => session.Restore(Create(hidden: 4, layers: 2).ZeroState(1), logits));
        Assert.Throws<ArgumentException>("state", () => session.Restore(Create(hidden: 3, layers: 1).ZeroState(1), logits));
        Assert.Throws<ArgumentException>("logits", () => session.Restore(model.ZeroState(1), logits.AsSpan(1)));
        Assert.Throws<ArgumentException>("value", () => model.LineEnd = model.ZeroState(2));
    }

    [Fact]
    public void States_and_targets_that_do_not_fit_are_refused()
    {
        LanguageModel lstm = Create(CellKind.Lstm, 0), gru = Create(CellKind.Gru, 0);
        var session = new LanguageModelSession(lstm);
        session.Feed(4);
        float[] before = session.State.Parts[0].Values.Values.ToArray();
        Assert.Throws<ArgumentException>(() => session.Restore(gru.ZeroState(1), new float[lstm.Vocabulary.Count]));
        Assert.Throws<ArgumentException>(() => session.Restore(lstm.ZeroState(2), new float[lstm.Vocabulary.Count]));
        Assert.Equal(before, session.State.Parts[0].Values.Values.ToArray());
        var tape = new Tape(new Workers(1));
        Assert.Throws<ArgumentException>(() => lstm.Logits(tape, Tokens, 1, gru.ZeroState(1)));
        Assert.Throws<ArgumentException>(() => lstm.Logits(tape, Tokens, 1, lstm.ZeroState(3)));
        Assert.Throws<ArgumentException>(() => lstm.Loss(tape, Tokens, new int[3], 1));
        Assert.Throws<ArgumentException>(() => lstm.Logits(tape, ReadOnlyMemory<int>.Empty, 1));
    }

    [Fact]
    public void Cells_start_with_the_values_that_their_documentation_names()
    {
        var lstm = new LstmCell(3, 5, new SeededRandom(1));
        Assert.Equal([.. Enumerable.Repeat(0f, 5), .. Enumerable.Repeat(1f, 5), .. Enumerable.Repeat(0f, 10)], lstm.Bias.Values.ToArray());
        var relu = new RnnCell(3, 4, new SeededRandom(1), Activation.Relu);
        Assert.All(Enumerable.Range(0, 16), i => Assert.Equal(i % 5 == 0 ? 1f : 0f, relu.RecurrentWeights!.Values[i]));
        float[] w = lstm.RecurrentWeights!.Values.ToArray();
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
            {
                Assert.Equal(i == j ? 1.0 : 0.0, Enumerable.Range(0, 20).Sum(k => (double)w[(i * 20) + k] * w[(j * 20) + k]), 5);
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new RnnCell(3, 4, new SeededRandom(1), (Activation)99));
    }

    [Fact]
    public void A_count_of_parameters_never_turns_negative()
    {
        var settings = new LanguageModelSettings { Layers = int.MaxValue, Hidden = int.MaxValue };
        Assert.Equal(long.MaxValue, settings.CountParameters(100));
    }

    [Fact]
    public void What_cannot_be_counted_is_refused_first()
    {
        var settings = new LanguageModelSettings();
        LanguageModelSettings uneven = settings with { Layers = 3, Hidden = new LayerWidths(4, 5) };
        foreach (int vocabulary in (int[])[0, -5])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => settings.CountParameters(vocabulary));
            Assert.Throws<ArgumentOutOfRangeException>(() => settings.CountTensors(vocabulary));
        }

        Assert.Contains("one for each of the 3 layers", Assert.Throws<UnfoldException>(() => uneven.CountParameters(9)).Message, StringComparison.Ordinal);
        Assert.Contains("one for each of the 3 layers", Assert.Throws<UnfoldException>(() => uneven.CountTensors(9)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CellKind.Rnn)]
    [InlineData(CellKind.Lstm)]
    [InlineData(CellKind.Gru)]
    [InlineData(CellKind.MinGru)]
    [InlineData(CellKind.MinLstm)]
    public void Padding_that_is_not_a_number_reaches_no_gradient(CellKind kind)
    {
        LanguageModel model = Create(kind, 5);
        var layer = (Recurrent)model.Stack.Layers[0];
        var cell = (FusedCell)layer.Cell;
        float[] values = [.. Enumerable.Range(0, 3 * 2 * 5).Select(i => i >= 25 ? float.NaN : 0.1f * i)];
        var tape = new Tape(new Workers(1));
        (_, RecurrentState final) = layer.Forward(tape, SequenceInput.Of(new Tensor(new Shape(3, 2, 5), values)), null, [3, 2]);
        tape.Backward(tape.Sum(final.Hidden));
        Assert.All(cell.Parameters, parameter => Assert.All(parameter.Gradient.ToArray(), value => Assert.True(float.IsFinite(value))));
        Assert.Contains(cell.Bias.Gradient.ToArray(), value => value != 0);
    }

    private static double[] Distribution(NextTokenSession session) => [.. Enumerable.Range(0, session.Logits.Length).Select(token => Math.Exp(session.LogProbability(token)))];

    private static LanguageModel Create(CellKind cell, int embedding) => new(
        new LanguageModelSettings { Cell = cell, CustomCell = CellKinds.Factory(cell), Layers = 2, Hidden = 7, Embedding = embedding },
        new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d", "e", "f", "g", "h"]),
        new SeededRandom(11));
}
