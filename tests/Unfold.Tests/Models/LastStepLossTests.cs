using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;
using Unfold.Training;

namespace Unfold.Tests.Models;

/// <summary>The loss over the last step only: its number, what it looks at, and what flows back from it through all steps.</summary>
[Trait("Path", "every")]
public sealed class LastStepLossTests
{
    private const int Batch = 3, Time = 6, Hidden = 7;

    public static TheoryData<CellKind, int, int> Models
    {
        get
        {
            var rows = new TheoryData<CellKind, int, int>();
            foreach (CellKind cell in CellKinds.BuiltIn)
            {
                rows.Add(cell, 1, 5);
                rows.Add(cell, 2, 4);
                rows.Add(cell, 2, 0);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_loss_is_the_mean_over_the_batch_of_minus_log_p_of_the_last_target(CellKind cell, int layers, int embedding)
    {
        LanguageModel model = Create(cell, layers, embedding, out SeededRandom random);
        int[] inputs = Tokens(model, random), targets = Tokens(model, random);

        double wanted = 0;
        for (int b = 0; b < Batch; b++)
        {
            int[] sequence = [.. Enumerable.Range(0, Time).Select(t => inputs[(t * Batch) + b])];
            wanted += MinusLogP(Reference(model).Logits(Values(model), sequence)[^1], targets[((Time - 1) * Batch) + b]) / Batch;
        }

        var tape = new Tape(new Workers(2));
        Close.Equal(wanted, model.Loss(tape, inputs, targets, Batch, over: LossOver.Last).Loss.Values[0], 1e-6, 1e-6, "loss");

        // The logits of the model itself, widened, give the same number.
        float[] logits = [.. model.Logits(tape, inputs, Batch).Logits.Values];
        int classes = model.Vocabulary.Count;
        double fromLogits = Enumerable.Range(0, Batch).Average(b =>
        {
            int row = ((Time - 1) * Batch) + b;
            return MinusLogP(Naive.Widen(logits.AsSpan(row * classes, classes)), targets[row]);
        });
        Close.Equal(wanted, fromLogits, 1e-6, 1e-6, "loss from logits");
    }

    [Fact]
    public void Only_the_last_targets_are_looked_at_and_a_negative_one_is_left_out()
    {
        LanguageModel model = Create(CellKind.Lstm, 2, 4, out SeededRandom random);
        int[] inputs = Tokens(model, random), targets = Tokens(model, random);
        float Loss(int[] given) => model.Loss(new Tape(new Workers(1)), inputs, given, Batch, over: LossOver.Last).Loss.Values[0];
        float wanted = Loss(targets);

        Assert.Equal(wanted, Loss(targets[^Batch..]));
        Assert.Equal(wanted, Loss([.. targets[..^Batch].Select(target => (target + 1) % model.Vocabulary.Count), .. targets[^Batch..]]));
        Assert.NotEqual(wanted, Loss([.. targets[..^1], (targets[^1] + 1) % model.Vocabulary.Count]));

        double[] each = [.. Enumerable.Range(0, Batch).Select(b => (double)Loss([.. Enumerable.Range(0, Batch).Select(other => other == b ? targets[^(Batch - b)] : -1)]))];
        Close.Equal(each.Average(), wanted, 1e-6, 0, "mean of the single losses");
        Close.Equal((each[0] + each[2]) / 2, Loss([targets[^3], -1, targets[^1]]), 1e-6, 0, "mean without the second");
    }

    [Theory]
    [InlineData(CellKind.Rnn)]
    [InlineData(CellKind.Lstm)]
    [InlineData(CellKind.Gru)]
    public void A_window_goes_on_from_the_state_that_it_is_given(CellKind cell)
    {
        LanguageModel model = Create(cell, 2, 4, out SeededRandom random);
        int[] before = Tokens(model, random), inputs = Tokens(model, random), targets = Tokens(model, random);
        var tape = new Tape(new Workers(1)) { Recording = false };
        StackState state = model.Logits(tape, before, Batch).Final.Copy();
        float whole = model.Loss(tape, (int[])[.. before, .. inputs], targets.AsMemory()[^Batch..], Batch, over: LossOver.Last).Loss.Values[0];
        float second = model.Loss(tape, inputs, targets, Batch, state, LossOver.Last).Loss.Values[0];
        float cold = model.Loss(tape, inputs, targets, Batch, over: LossOver.Last).Loss.Values[0];

        Close.Equal(whole, second, 1e-6, 1e-6, "loss after two windows");
        Assert.True(Math.Abs(cold - second) > 1e-4, "The state makes no difference here and tests nothing.");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradients_of_all_layers_are_those_of_the_equations(CellKind cell, int layers, int embedding)
    {
        LanguageModel model = Create(cell, layers, embedding, out SeededRandom random);
        int[] inputs = Tokens(model, random), targets = Tokens(model, random);

        // The first step alone reads this token: its gradient has come back through all steps.
        int rare = model.Vocabulary.Count - 1;
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = i == 1 ? rare : inputs[i] % rare;
        }

        int[] counted = [.. Enumerable.Repeat(-1, (Time - 1) * Batch), .. targets[^Batch..]];
        ReferenceLanguageModel reference = Reference(model);
        Tensor Loss(Tape tape) => model.Loss(tape, inputs, targets, Batch, over: LossOver.Last).Loss;
        double Twice(IReadOnlyDictionary<string, double[]> values) => reference.Loss(values, inputs, counted, Batch);
        OracleDifferences.AssertAgree(model.Parameters, Loss, Twice, entries: 25, $"{model.Settings}");
        GradientCheckReport report = GradientCheck.Run(model.Parameters, Loss, Twice);
        Assert.True(report.Passed(1e-5), report.ToString());

        Parameter first = model.Embedding?.Weights ?? model.Stack.Parameters[0];
        Dictionary<string, double[]> values = Values(model);
        int width = first.Shape[1];
        const double step = 1.0 / (1 << 12);
        double[] differences = [.. Enumerable.Range(rare * width, width).Select(entry =>
        {
            double Moved(double by)
            {
                double[] copy = [.. values[first.Name]];
                copy[entry] += by;
                return Twice(new Dictionary<string, double[]>(values) { [first.Name] = copy });
            }

            return (Moved(step) - Moved(-step)) / (2 * step);
        })];
        Assert.Contains(differences, difference => Math.Abs(difference) > 1e-5);
        Close.Equal(differences, first.Gradient.Slice(rare * width, width), 1e-3, 2e-7, "gradient of the token that only the first step reads");
    }

    private static ReferenceLanguageModel Reference(LanguageModel model) =>
        new(model);

    private static Dictionary<string, double[]> Values(LanguageModel model) =>
        model.Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));

    private static double MinusLogP(double[] logits, int token) => Math.Log(logits.Sum(Math.Exp)) - logits[token];

    private static int[] Tokens(LanguageModel model, SeededRandom random) =>
        [.. Enumerable.Range(0, Time * Batch).Select(_ => random.NextInt32(model.Vocabulary.Count))];

    private static LanguageModel Create(CellKind cell, int layers, int embedding, out SeededRandom random)
    {
        random = new SeededRandom(31);
        var settings = new LanguageModelSettings { Cell = cell, Layers = layers, Hidden = Hidden, Embedding = embedding };
        var model = new LanguageModel(settings, new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d", "e", "f"]), random);
        foreach (Parameter parameter in model.Parameters)
        {
            Draw.Uniform(random, parameter.Shape.Length, -0.8, 0.8).CopyTo(parameter.Edit());
        }

        return model;
    }
}
