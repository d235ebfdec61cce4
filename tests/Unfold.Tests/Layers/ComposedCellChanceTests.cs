using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using static Unfold.Reference.ReferenceMath;

namespace Unfold.Tests.Layers;

/// <summary>A user's cell that draws at random in each step of training.</summary>
public sealed class ComposedCellChanceTests
{
    private const int Time = 5, Batch = 3, Width = 4, Hidden = 6;
    private const ulong Seed = 11;

    private static readonly int[] Lengths = [5, 2, 4];

    [Theory]
    [InlineData(Direction.Forward)]
    [InlineData(Direction.Backward)]
    public void Its_gradients_are_those_of_its_equations_with_the_same_draws(Direction direction)
    {
        var random = new SeededRandom(3);
        var cell = new DroppingCell(Width, Hidden, random, "cell");
        var layer = new Recurrent(cell, direction);
        var x = new Parameter("x", new Shape(Time, Batch, Width));
        var h0 = new Parameter("h0", new Shape(Batch, Hidden));
        foreach (Parameter parameter in cell.Parameters.Append(x).Append(h0))
        {
            Draw.Uniform(random, parameter.Shape.Length, -0.8, 0.8).CopyTo(parameter.Edit());
        }

        float[] projection = Draw.Uniform(random, Time * Batch * Hidden, -1, 1);
        float[][] masks = Masks();
        Assert.True(masks.SelectMany(mask => mask).Distinct().Count() == 2, "Values are both dropped and kept.");
        Assert.All(masks[1..], mask => Assert.NotEqual(masks[0], mask));

        Tensor Loss(Tape tape)
        {
            RecurrentOutput output = layer.Forward(tape, SequenceInput.Of(x), new HiddenState(h0), Lengths, new SeededRandom(Seed));
            return tape.Add(tape.Sum(tape.Multiply(output.Outputs, new Tensor(output.Outputs.Shape, projection))), tape.Sum(output.Final.Hidden));
        }

        double Reference(IReadOnlyDictionary<string, double[]> values)
        {
            double loss = 0;
            for (int b = 0; b < Batch; b++)
            {
                double[] h = values["h0"][(b * Hidden)..((b + 1) * Hidden)];
                for (int step = 0; step < Time; step++)
                {
                    int t = direction == Direction.Forward ? step : Time - 1 - step;
                    if (t >= Lengths[b])
                    {
                        continue;
                    }

                    int place = (t * Batch) + b;
                    double[] dropped = [.. h.Select((value, j) => value * masks[step][(b * Hidden) + j])];
                    double[] input = values["x"][(place * Width)..((place + 1) * Width)];
                    h = [.. Enumerable.Range(0, Hidden).Select(j => Math.Tanh(Column(input, values["cell.u"], j) + Column(dropped, values["cell.w"], j)))];
                    loss += h.Select((value, j) => value * projection[(place * Hidden) + j]).Sum();
                }

                loss += h.Sum();
            }

            return loss;
        }

        OracleDifferences.AssertAgree([.. cell.Parameters, x, h0], Loss, Reference, entries: 40, "dropping cell");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_threads_and_another_one_others()
    {
        var layer = new Bidirectional(new DroppingCell(Width, Hidden, new SeededRandom(1), "forward"), new DroppingCell(Width, Hidden, new SeededRandom(2), "backward"));
        var x = new Tensor(new Shape(Time, Batch, Width), Draw.Uniform(new SeededRandom(4), Time * Batch * Width, -1, 1));
        float[] Run(int threads, ulong? seed) =>
            layer.Forward(new Tape(new Workers(threads)), SequenceInput.Of(x), lengths: Lengths, random: seed is { } one ? new SeededRandom(one) : null).Outputs.Values.ToArray();
        Close.Same(Run(1, 5), Run(3, 5), "one and three threads");
        Close.Same(Run(1, null), Run(2, null), "without chance");
        Assert.NotEqual(Run(1, 5), Run(1, 6));
        Assert.NotEqual(Run(1, 5), Run(1, null));
    }

    [Fact]
    public void A_model_drops_in_training_and_not_when_it_is_used()
    {
        LabelledSequence[] examples = [new(Sequence.OfSymbols(["a", "b", "a"]), "x"), new(Sequence.OfSymbols(["b", "b"]), "y")];
        var settings = new SequenceEncoderSettings
        {
            Cell = CellKind.Custom,
            CustomCell = (input, hidden, random, name) => new DroppingCell(input, hidden, random, name),
            Hidden = 8,
            Embedding = 3,
        };
        SequenceClassifier model = SequenceClassifier.Fit(examples, settings, new FitOptions { Epochs = 60, LearningRate = 0.02, Workers = new Workers(1) });
        Assert.Equal(["x", "y"], model.Predict([.. examples.Select(example => example.Input)], cancellation: TestContext.Current.CancellationToken).Select(found => found.Label));
        float Loss(ulong? seed) => model.Loss(new Tape(new Workers(1)), examples, seed is { } one ? new SeededRandom(one) : null).Values[0];
        Assert.Equal(Loss(null), Loss(null));
        Assert.Equal(Loss(1), Loss(1));
        Assert.True(Enumerable.Range(1, 5).Select(seed => Loss((ulong)seed)).Distinct().Count() > 1, "Training drops nothing.");
    }

    /// <summary>What the layer draws, step by step: the same calls on ones.</summary>
    private static float[][] Masks()
    {
        var random = new SeededRandom(Seed);
        var ones = new Tensor(new Shape(Batch, Hidden));
        ones.Edit().Fill(1);
        return [.. Enumerable.Range(0, Time).Select(_ => Dropout.Forward(new Tape(new Workers(1)), ones, DroppingCell.Probability, random).Values.ToArray())];
    }
}
