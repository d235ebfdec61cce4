using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Reference;
using Unfold.Tests.Support;

namespace Unfold.Tests.Layers;

/// <summary>What the state makes possible: streaming, two continuations, truncated back-propagation.</summary>
[Trait("Path", "every")]
public sealed class RecurrentStateTests
{
    private const int Time = 7, Batch = 3, Input = 4, Hidden = 9;

    public static TheoryData<string> Cells => [.. GoldenCells.Names];

    public static MatrixTheoryData<string, int> CellsAndWorkers => new(GoldenCells.Names, [1, 2, 3]);

    [Theory]
    [MemberData(nameof(CellsAndWorkers))]
    public void Step_by_step_is_the_whole_sequence(string cell, int workers)
    {
        (Recurrent layer, float[] x) = Make(cell);
        var tape = new Tape(new Workers(workers)) { Recording = false };
        RecurrentOutput whole = layer.Forward(tape, Sequence(x, 0, Time));
        (float[] outputs, RecurrentState final) = (whole.Outputs.Values.ToArray(), whole.Final.Copy());
        RecurrentState? state = null;
        for (int t = 0; t < Time; t++)
        {
            tape.Reset();
            RecurrentOutput step = layer.Forward(tape, Sequence(x, t, 1), state);
            Close.Equal(outputs.AsSpan(t * Batch * Hidden, Batch * Hidden), step.Outputs.Values, relative: 1e-6, absolute: 1e-7, $"{cell}: step {t}");
            state = step.Final.Copy();
        }

        foreach (((string name, Tensor wanted), (_, Tensor found)) in final.Parts.Zip(state!.Parts))
        {
            Close.Equal(wanted.Values, found.Values, relative: 1e-6, absolute: 1e-7, $"{cell}: final {name}");
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Two_continuations_of_one_state_do_not_touch_each_other(string cell)
    {
        (Recurrent layer, float[] x) = Make(cell);
        var tape = new Tape(new Workers(1)) { Recording = false };
        RecurrentState fork = layer.Forward(tape, Sequence(x, 0, 3)).Final.Copy();
        float[][] before = [.. fork.Parts.Select(part => part.Values.Values.ToArray())];
        float[] first = layer.Forward(tape, Sequence(x, 3, 2), fork).Outputs.Values.ToArray();
        float[] other = layer.Forward(tape, Sequence(x, 5, 2), fork).Outputs.Values.ToArray();
        float[] again = layer.Forward(tape, Sequence(x, 3, 2), fork).Outputs.Values.ToArray();
        Close.Same(first, again, $"{cell}: the first continuation once more");
        Assert.NotEqual(first, other);
        foreach ((float[] values, (string name, Tensor part)) in before.Zip(fork.Parts))
        {
            Close.Same(values, part.Values, $"{cell}: the {name} of the fork");
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Between_two_windows_the_state_goes_on_and_the_gradient_stops(string cell)
    {
        (Recurrent layer, float[] x) = Make(cell);
        float[] projection = Draw.Uniform(new SeededRandom(9), Time * Batch * Hidden, -1, 1);
        var tape = new Tape(new Workers(2));
        RecurrentState carried = layer.Forward(tape, Sequence(x, 0, 4)).Final.Copy();
        IReadOnlyList<Parameter> parameters = layer.Cell.Parameters;
        OracleDifferences.AssertAgree(
            parameters,
            second =>
            {
                Tensor outputs = layer.Forward(second, Sequence(x, 4, 3), carried).Outputs;
                return second.Sum(second.Multiply(outputs, new Tensor(outputs.Shape, projection.AsSpan(4 * Batch * Hidden))));
            },
            values =>
            {
                double loss = 0;
                for (int b = 0; b < Batch; b++)
                {
                    int row = b;
                    double[] Part(int k) => Naive.Widen(carried.Parts[k].Values.Values.Slice(row * Hidden, Hidden));
                    double[][] xs = [.. Enumerable.Range(4, 3).Select(t => Naive.Widen(x.AsSpan(((t * Batch) + row) * Input, Input)))];
                    var initial = new ReferenceState(Part(0), carried.Parts.Count == 2 ? Part(1) : []);
                    double[][] outputs = ReferenceSequence.Run((FusedCell)layer.Cell, values, xs, initial).Outputs;
                    loss += outputs.SelectMany((h, t) => h.Select((value, j) => value * projection[((((4 + t) * Batch) + row) * Hidden) + j])).Sum();
                }

                return loss;
            },
            entries: 20,
            $"{cell}: the second window");
    }

    [Fact]
    public void An_output_with_another_final_state_has_it_as_what_any_layer_returns_too()
    {
        Recurrent layer = new(new GruCell(2, 3, new SeededRandom(1)));
        RecurrentOutput output = layer.Forward(new Tape(new Workers(1)), SequenceInput.Of(new Tensor(new Shape(4, 1, 2))));
        RecurrentState other = layer.ZeroState(1);
        RecurrentOutput changed = output with { Final = other };
        SequenceOutput seen = changed;
        Assert.Same(other, changed.Final);
        Assert.Same(other, seen.Final);
        Assert.NotSame(other, output.Final);
        Assert.NotEqual(output, changed);
    }

    [Fact]
    public void On_one_tape_without_a_copy_the_gradient_goes_through_the_border()
    {
        (Recurrent layer, float[] x) = Make("lstm");
        var whole = new Tape(new Workers(1));
        whole.Backward(whole.Sum(layer.Forward(whole, Sequence(x, 0, Time)).Outputs));
        float[] wanted = ((FusedCell)layer.Cell).RecurrentWeights!.Gradient.ToArray();
        ((FusedCell)layer.Cell).RecurrentWeights!.Gradient.Clear();
        var tape = new Tape(new Workers(1));
        RecurrentOutput first = layer.Forward(tape, Sequence(x, 0, 4));
        RecurrentOutput second = layer.Forward(tape, Sequence(x, 4, 3), first.Final);
        tape.Backward(tape.Add(tape.Sum(first.Outputs), tape.Sum(second.Outputs)));
        Close.Equal(wanted, ((FusedCell)layer.Cell).RecurrentWeights!.Gradient, relative: 1e-5, absolute: 1e-6, "two windows as one");
    }

    [Fact]
    public void A_state_of_a_tape_that_was_reset_is_refused()
    {
        (Recurrent layer, float[] x) = Make("lstm");
        var tape = new Tape(new Workers(1));
        RecurrentState state = layer.Forward(tape, Sequence(x, 0, 2)).Final;
        tape.Reset();
        Assert.Throws<InvalidOperationException>(() => layer.Forward(tape, Sequence(x, 2, 2), state));
    }

    [Fact]
    public void What_lies_past_a_sequences_end_does_not_matter()
    {
        int[] lengths = [7, 2, 4];
        foreach (string cell in GoldenCells.Names)
        {
            (Recurrent layer, float[] x) = Make(cell);
            float[] changed = [.. x];
            for (int t = 0; t < Time; t++)
            {
                for (int b = 0; b < Batch; b++)
                {
                    changed.AsSpan(((t * Batch) + b) * Input, t < lengths[b] ? 0 : Input).Fill(1e6f);
                }
            }

            Close.Same(GradientsOf(layer, x, lengths), GradientsOf(layer, changed, lengths), $"{cell}: gradients");
        }
    }

    private static float[] GradientsOf(Recurrent layer, float[] x, int[] lengths)
    {
        var tape = new Tape(new Workers(1));
        foreach (Parameter parameter in layer.Cell.Parameters)
        {
            parameter.Gradient.Clear();
        }

        RecurrentOutput output = layer.Forward(tape, Sequence(x, 0, Time), lengths: lengths);
        tape.Backward(tape.Add(tape.Sum(output.Outputs), tape.Sum(output.Final.Hidden)));
        return [.. output.Outputs.Values, .. output.Final.Hidden.Values, .. layer.Cell.Parameters.SelectMany(parameter => parameter.Gradient.ToArray())];
    }

    private static (Recurrent Layer, float[] X) Make(string cell)
    {
        var random = new SeededRandom(17);
        Cell made = GoldenCells.Create(cell, Input, Hidden, random, cell);
        foreach (Parameter parameter in made.Parameters)
        {
            Draw.Uniform(random, parameter.Shape.Length, -0.5, 0.5).CopyTo(parameter.Edit());
        }

        return (new Recurrent(made), Draw.Uniform(random, Time * Batch * Input, -1, 1));
    }

    private static SequenceInput Sequence(float[] x, int first, int steps) =>
        SequenceInput.Of(new Tensor(new Shape(steps, Batch, Input), x.AsSpan(first * Batch * Input, steps * Batch * Input)));
}
