using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;
using Unfold.Training;

namespace Unfold.Tests.Reference;

/// <summary>Every shape of language model against the same model in double precision: loss and all gradients.</summary>
[Trait("Path", "every")]
public sealed class ReferenceLanguageModelTests
{
    private const int Batch = 3, Time = 5;

    public static TheoryData<CellKind, Activation, int, int, LossOver> Models
    {
        get
        {
            var rows = new TheoryData<CellKind, Activation, int, int, LossOver>();
            foreach ((CellKind cell, Activation f) in new[] { (CellKind.Rnn, Activation.Tanh), (CellKind.Rnn, Activation.Relu), (CellKind.Rnn, Activation.Sigmoid), (CellKind.Rnn, Activation.Identity), (CellKind.Lstm, Activation.Tanh), (CellKind.Gru, Activation.Tanh), (CellKind.MinGru, Activation.Tanh), (CellKind.MinLstm, Activation.Tanh), (CellKind.Jordan, Activation.Tanh) })
            {
                rows.Add(cell, f, 1, 0, LossOver.All);
                rows.Add(cell, f, 2, 6, LossOver.All);
                rows.Add(cell, f, 2, 0, LossOver.Last);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Loss_and_gradients_are_those_of_the_equations(CellKind cell, Activation activation, int layers, int embedding, LossOver over)
    {
        var settings = new LanguageModelSettings { Cell = cell, Activation = activation, Layers = layers, Hidden = 7, Embedding = embedding };
        var random = new SeededRandom(12);
        var model = new LanguageModel(settings, new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d", "e", "f"]), random);
        foreach (Parameter parameter in model.Parameters)
        {
            Draw.Uniform(random, parameter.Shape.Length, -0.7, 0.7).CopyTo(parameter.Edit());
        }

        int vocabulary = model.Vocabulary.Count;
        int[] tokens = [.. Enumerable.Range(0, Time * Batch).Select(_ => random.NextInt32(vocabulary))];
        int[] targets = [.. Enumerable.Range(0, Time * Batch).Select(_ => random.NextInt32(vocabulary))];
        int[] counted = [.. targets.Select((target, i) => over == LossOver.Last && i < (Time - 1) * Batch ? -1 : target)];
        var reference = new ReferenceLanguageModel(model);
        Tensor Loss(Tape tape) => model.Loss(tape, tokens, targets, Batch, over: over).Loss;
        double Twice(IReadOnlyDictionary<string, double[]> values) => reference.Loss(values, tokens, counted, Batch);
        OracleDifferences.AssertAgree(model.Parameters, Loss, Twice, entries: 25, $"{settings}");
        GradientCheckReport report = GradientCheck.Run(model.Parameters, Loss, Twice);
        Assert.True(report.Passed(1e-5), report.ToString());
    }

    [Fact]
    public void Tokens_and_targets_that_do_not_fit_are_refused()
    {
        var random = new SeededRandom(1);
        var model = new ReferenceLanguageModel(null, [GoldenCells.Create("lstm", 4, 3, random, "cell")], new Dense(3, 4, random));
        var none = new Dictionary<string, double[]>();
        Assert.Throws<ArgumentException>(() => model.Loss(none, [1, 2, 3], [1, 2, 3], 2));
        Assert.Throws<ArgumentException>(() => model.Loss(none, [1, 2], [1], 1));
        Assert.Throws<ArgumentException>(() => model.Loss(none, [1, 2], [1, 2], 0));
    }
}
