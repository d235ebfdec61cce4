using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Kernels;

[Trait("Path", "every")]
public sealed class ScanKernelTests
{
    public static TheoryData<int> Gates => [2, 3];

    [Theory]
    [MemberData(nameof(Gates))]
    public void A_block_is_right_at_every_width_and_touches_nothing_else(int gates)
    {
        var random = new SeededRandom(1);
        for (int width = 1; width <= 70; width++)
        {
            Operands at = new(gates, width, random);
            float[] values = [.. at.Sums], hidden = [.. at.Hidden];
            Forward(gates, at.Block, values.AsSpan(at.First * gates * width), at.Previous.AsSpan(width), hidden.AsSpan(at.First * width));
            double[] wantedGates = Naive.Widen(at.Sums), wantedHidden = Naive.Widen(at.Hidden);
            at.Walk((row, before, sequence, channel) =>
            {
                double previous = before < 0 ? at.Previous[((sequence + 1) * width) + channel] : wantedHidden[(before * width) + channel];
                var (kept, h) = Naive.ScanForward(at.SumsAt(row, channel), previous);
                wantedHidden[(row * width) + channel] = h;
                for (int gate = 0; gate < gates; gate++)
                {
                    wantedGates[(((row * gates) + gate) * width) + channel] = kept[gate];
                }
            });
            Close.Equal(wantedGates, values, relative: 1e-6, absolute: 1e-7, $"gates of width {width}");
            Close.Equal(wantedHidden, hidden, relative: 2e-6, absolute: 1e-6, $"h of width {width}");
        }
    }

    [Theory]
    [MemberData(nameof(Gates))]
    public void The_gradient_of_a_block_is_right_at_every_width_and_touches_nothing_else(int gates)
    {
        var random = new SeededRandom(2);
        for (int width = 1; width <= 70; width++)
        {
            Operands at = new(gates, width, random);
            float[] values = [.. at.Sums], hidden = [.. at.Hidden];
            float[] slopes = Draw.Normal(random, hidden.Length), gradient = Draw.Normal(random, at.Previous.Length);
            double[] wantedSums = Naive.Widen(at.Sums), wantedGradient = Naive.Widen(gradient);
            Forward(gates, at.Block, values.AsSpan(at.First * gates * width), at.Previous.AsSpan(width), hidden.AsSpan(at.First * width));
            Backward(gates, at.Block, values.AsSpan(at.First * gates * width), at.Previous.AsSpan(width), hidden.AsSpan(at.First * width), slopes.AsSpan(at.First * width), gradient.AsSpan(width));
            at.WalkBack((row, before, sequence, channel) =>
            {
                double previous = before < 0 ? at.Previous[((sequence + 1) * width) + channel] : hidden[(before * width) + channel];
                ref double carried = ref wantedGradient[((sequence + 1) * width) + channel];
                var (sums, dPrevious) = Naive.ScanBackward(at.SumsAt(row, channel), previous, carried + slopes[(row * width) + channel]);
                carried = dPrevious;
                for (int gate = 0; gate < gates; gate++)
                {
                    wantedSums[(((row * gates) + gate) * width) + channel] = sums[gate];
                }
            });
            Close.Equal(wantedSums, values, relative: 1e-5, absolute: 1e-6, $"sums of width {width}");
            Close.Equal(wantedGradient, gradient, relative: 1e-5, absolute: 1e-6, $"initial states of width {width}");
        }
    }

    [Theory]
    [MemberData(nameof(Gates))]
    public void Without_an_output_gradient_the_carried_one_counts_alone(int gates)
    {
        var random = new SeededRandom(3);
        const int rows = 3, width = 21;
        float[] values = Draw.Uniform(random, rows * gates * width, 0.1, 0.9), states = Draw.Normal(random, rows * width), gradient = Draw.Normal(random, rows * width);
        float[] otherValues = [.. values], otherGradient = [.. gradient];
        var block = ScanBlock.OneStep(rows, width);
        Backward(gates, block, values, states, states, [], gradient);
        Backward(gates, block, otherValues, states, states, new float[rows * width], otherGradient);
        Close.Same(values, otherValues, "sums");
        Close.Same(gradient, otherGradient, "initial states");
    }

    [Theory]
    [MemberData(nameof(Gates))]
    public void A_NaN_stays_in_its_channel_and_saturated_gates_stay_numbers(int gates)
    {
        const int width = 37, at = 19;
        for (int gate = 0; gate < gates; gate++)
        {
            float[] values = new float[gates * width], hidden = new float[width], gradient = [.. Enumerable.Repeat(1f, width)];
            values[(gate * width) + at] = float.NaN;
            Forward(gates, ScanBlock.OneStep(1, width), values, new float[width], hidden);
            Backward(gates, ScanBlock.OneStep(1, width), values, new float[width], hidden, [], gradient);
            for (int j = 0; j < width; j++)
            {
                Assert.Equal(j == at, float.IsNaN(hidden[j]));
                Assert.Equal(j == at, float.IsNaN(values[j]));
            }
        }

        foreach (float sum in new[] { -1e30f, -200, -88, 88, 200, 1e30f })
        {
            float[] values = new float[gates * width], hidden = new float[width], gradient = [.. Enumerable.Repeat(1f, width)];
            values.AsSpan(0, (gates - 1) * width).Fill(sum);
            Forward(gates, ScanBlock.OneStep(1, width), values, new float[width], hidden);
            Assert.All(hidden, h => Assert.InRange(h, 0, 1));
            Backward(gates, ScanBlock.OneStep(1, width), values, new float[width], hidden, [], gradient);
            Assert.All(values.Concat(gradient), value => Assert.InRange(value, -1, 1));
        }
    }

    [Theory]
    [MemberData(nameof(Gates))]
    public void Short_spans_and_blocks_that_cannot_be_are_refused(int gates)
    {
        var block = new ScanBlock(3, 4, 2, 5, 1, 3);
        const int rows = 10;
        float[] values = new float[rows * gates * 5], fewer = new float[values.Length - 1], states = new float[rows * 5], less = new float[states.Length - 1], first = new float[10], short1 = new float[9];
        void Refused(Action call) => Assert.Throws<ArgumentException>(call);
        Forward(gates, block, values, first, states);
        Refused(() => Forward(gates, block, fewer, first, states));
        Refused(() => Forward(gates, block, values, short1, states));
        Refused(() => Forward(gates, block, values, first, less));
        Refused(() => Backward(gates, block, fewer, first, states, states, first));
        Refused(() => Backward(gates, block, values, short1, states, states, first));
        Refused(() => Backward(gates, block, values, first, less, states, first));
        Refused(() => Backward(gates, block, values, first, states, less, first));
        Refused(() => Backward(gates, block, values, first, states, states, short1));
        foreach (ScanBlock wrong in new[] { block with { Steps = -1 }, block with { StepRows = 1 }, block with { Sequences = -1 }, block with { FirstChannel = -1 }, block with { FirstChannel = 3 }, block with { Channels = -1 } })
        {
            Refused(() => Forward(gates, wrong, values, first, states));
        }
    }

    private static void Forward(int gates, ScanBlock block, Span<float> values, ReadOnlySpan<float> previous, Span<float> hidden)
    {
        if (gates == 2)
        {
            ScanKernels.MinGruForward(block, values, previous, hidden);
        }
        else
        {
            ScanKernels.MinLstmForward(block, values, previous, hidden);
        }
    }

    private static void Backward(int gates, ScanBlock block, Span<float> values, ReadOnlySpan<float> previous, ReadOnlySpan<float> hidden, ReadOnlySpan<float> slopes, Span<float> gradient)
    {
        if (gates == 2)
        {
            ScanKernels.MinGruBackward(block, values, previous, hidden, slopes, gradient);
        }
        else
        {
            ScanKernels.MinLstmBackward(block, values, previous, hidden, slopes, gradient);
        }
    }

    /// <summary>Two of four sequences over three steps, and the channels from a third of the width on.</summary>
    private sealed class Operands
    {
        private const int Steps = 3, StepRows = 4, Sequences = 2;

        private readonly int _gates, _width;

        public Operands(int gates, int width, SeededRandom random)
        {
            (_gates, _width) = (gates, width);
            Block = new ScanBlock(Steps, StepRows, Sequences, width, width / 3, width - (width / 3) - (width / 9));
            Sums = Draw.Normal(random, Steps * StepRows * gates * width, 2);

            // Where the candidate's slope jumps, differences mean nothing.
            for (int i = 0; i < Sums.Length; i++)
            {
                Sums[i] = Math.Abs(Sums[i]) < 1e-3 ? 1 : Sums[i];
            }

            Hidden = Draw.Normal(random, Steps * StepRows * width);
            Previous = Draw.Normal(random, StepRows * width);
        }

        public ScanBlock Block { get; }

        /// <summary>The first row of the block: its sequences are the second and the third.</summary>
        public int First => 1;

        public float[] Sums { get; }

        public float[] Hidden { get; }

        public float[] Previous { get; }

        public double[] SumsAt(int row, int channel) => [.. Enumerable.Range(0, _gates).Select(gate => (double)Sums[(((row * _gates) + gate) * _width) + channel])];

        public void Walk(Action<int, int, int, int> visit)
        {
            for (int step = 0; step < Steps; step++)
            {
                VisitStep(step, visit);
            }
        }

        public void WalkBack(Action<int, int, int, int> visit)
        {
            for (int step = Steps - 1; step >= 0; step--)
            {
                VisitStep(step, visit);
            }
        }

        private void VisitStep(int step, Action<int, int, int, int> visit)
        {
            for (int sequence = 0; sequence < Sequences; sequence++)
            {
                int row = (step * StepRows) + First + sequence;
                for (int channel = Block.FirstChannel; channel < Block.FirstChannel + Block.Channels; channel++)
                {
                    visit(row, step == 0 ? -1 : row - StepRows, sequence, channel);
                }
            }
        }
    }
}
