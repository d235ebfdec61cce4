using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Reference;

namespace Unfold.Tests.Support;

/// <summary>
/// One layer of an LSTM with options over sequences of unequal lengths, from an initial state: the same loss once through the
/// library and once through the reference equations in double precision, which are given the same chance.
/// </summary>
internal sealed class ExtendedLstmGraph
{
    private const int Time = 5, Batch = 3, Input = 4, Units = 6;
    private const ulong Chance = 99;

    private readonly ExtendedLstmCell _cell;
    private readonly Direction _direction;
    private readonly bool _training;
    private readonly int[] _lengths = [5, 2, 4];
    private readonly Parameter _x, _h, _c;
    private readonly float[] _outputs, _finalH, _finalC;

    public ExtendedLstmGraph(LstmOptions options, Direction direction, bool training, ulong seed = 5)
    {
        var random = new SeededRandom(seed);
        (_direction, _training) = (direction, training);
        _cell = new ExtendedLstmCell(Input, Units, random, options);
        int width = _cell.HiddenSize;
        _x = new Parameter("x", new Shape(Time, Batch, Input));
        _h = new Parameter("h", new Shape(Batch, width));
        _c = new Parameter("c", new Shape(Batch, Units));
        Parameters = [_x, _h, _c, .. _cell.Parameters];
        foreach (Parameter parameter in Parameters)
        {
            Draw.Uniform(random, parameter.Shape.Length, -0.8, 0.8).CopyTo(parameter.Edit());
        }

        _outputs = Draw.Uniform(random, Time * Batch * width, -1, 1);
        _finalH = Draw.Uniform(random, Batch * width, -1, 1);
        _finalC = Draw.Uniform(random, Batch * Units, -1, 1);
    }

    /// <summary>Everything that a gradient flows into: x, the initial state, the weights.</summary>
    public List<Parameter> Parameters { get; }

    public RecurrentOutput Forward(Tape tape) => new Recurrent(_cell, _direction).Forward(
        tape, SequenceInput.Of(_x), new LstmState(_h, _c), _lengths, _training ? new SeededRandom(Chance) : null);

    public Tensor Loss(Tape tape)
    {
        RecurrentOutput output = Forward(tape);
        var final = (LstmState)output.Final;
        Tensor loss = tape.Add(Projected(tape, final.Hidden, _finalH), Projected(tape, final.Cell, _finalC));
        return tape.Add(loss, Projected(tape, output.Outputs, _outputs));
    }

    public double Reference(IReadOnlyDictionary<string, double[]> values)
    {
        double loss = 0;
        int width = _cell.HiddenSize;
        var packing = new SequencePacking(new Tape(new Workers(1)), Time, Batch, _lengths, _direction);
        for (int place = 0; place < Batch; place++)
        {
            int b = packing.Sequence(place);
            var state = new ReferenceState(Row(values["h"], b, width), Row(values["c"], b, Units));
            for (int step = 0; step < _lengths[b]; step++)
            {
                int t = _direction == Direction.Forward ? step : _lengths[b] - 1 - step;
                float[] noise = Noise(packing.First(step) + place);
                state = _cell.ReferenceStep(values, Row(values["x"], (t * Batch) + b, Input), state, noise);
                loss += Dot(state.H, _outputs, ((t * Batch) + b) * width);
            }

            loss += Dot(state.H, _finalH, b * width) + Dot(state.C, _finalC, b * Units);
        }

        return loss;
    }

    /// <summary>What the scan draws for a row.</summary>
    private float[] Noise(int row)
    {
        if (!_training)
        {
            return [];
        }

        float[] noise = new float[_cell.NoiseWidth];
        ulong seed = new SeededRandom(Chance).NextUInt64();
        _cell.DrawNoise(noise, new SeededRandom(seed ^ ((ulong)row * 0x9E3779B97F4A7C15UL)));
        return noise;
    }

    private static Tensor Projected(Tape tape, Tensor tensor, float[] projection) =>
        tape.Sum(tape.Multiply(tensor, new Tensor(tensor.Shape, projection)));

    private static double[] Row(double[] values, int row, int width) => values[(row * width)..((row + 1) * width)];

    private static double Dot(double[] values, float[] projection, int start) => values.Select((value, j) => value * projection[start + j]).Sum();
}
