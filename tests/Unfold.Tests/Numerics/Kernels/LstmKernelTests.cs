using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Kernels;

[Trait("Path", "every")]
public sealed class LstmKernelTests
{
    private const int Rows = 3;

    [Fact]
    public void A_step_is_right_at_every_width()
    {
        var random = new SeededRandom(1);
        for (int hidden = 0; hidden <= 256; hidden++)
        {
            float[] sums = Draw.Normal(random, Rows * 4 * hidden, 2), previous = Draw.Normal(random, Rows * hidden);
            float[] gates = [.. sums], c = new float[Rows * hidden], h = new float[Rows * hidden];
            LstmKernels.Forward(gates, previous, c, h, Rows, hidden);
            for (int row = 0; row < Rows; row++)
            {
                Range wide = (row * 4 * hidden)..((row + 1) * 4 * hidden), narrow = (row * hidden)..((row + 1) * hidden);
                var (expectedGates, expectedC, expectedH) = Naive.LstmForward(Naive.Widen(sums[wide]), Naive.Widen(previous[narrow]));
                Close.Equal(expectedGates, gates[wide], relative: 1e-6, absolute: 1e-7, $"gates, row {row} of width {hidden}");
                Close.Equal(expectedC, c[narrow], relative: 1e-6, absolute: 1e-6, $"c, row {row} of width {hidden}");
                Close.Equal(expectedH, h[narrow], relative: 1e-6, absolute: 1e-6, $"h, row {row} of width {hidden}");
            }
        }
    }

    [Fact]
    public void The_gradient_of_a_step_is_right_at_every_width()
    {
        var random = new SeededRandom(2);
        for (int hidden = 0; hidden <= 256; hidden++)
        {
            int size = Rows * hidden;
            float[] values = Draw.Uniform(random, 4 * size, 0.05, 0.95);
            float[] previous = Draw.Normal(random, size), c = Draw.Normal(random, size), dh = Draw.Normal(random, size), dc = Draw.Normal(random, size);
            float[] gates = [.. values], dPrevious = [.. dc];
            LstmKernels.Backward(gates, previous, c, dh, dPrevious, Rows, hidden);
            for (int row = 0; row < Rows; row++)
            {
                Range wide = (row * 4 * hidden)..((row + 1) * 4 * hidden), narrow = (row * hidden)..((row + 1) * hidden);
                var expected = Naive.LstmBackward(Naive.Widen(values[wide]), Naive.Widen(previous[narrow]), Naive.Widen(c[narrow]), Naive.Widen(dh[narrow]), Naive.Widen(dc[narrow]));
                Close.Equal(expected.Sums, gates[wide], relative: 1e-6, absolute: 1e-6, $"sums, row {row} of width {hidden}");
                Close.Equal(expected.PreviousC, dPrevious[narrow], relative: 1e-6, absolute: 1e-6, $"previous c, row {row} of width {hidden}");
            }
        }
    }

    [Fact]
    public void A_NaN_stays_in_its_column()
    {
        var random = new SeededRandom(3);
        for (int hidden = 1; hidden <= 70; hidden++)
        {
            for (int gate = 0; gate < 4; gate++)
            {
                int at = random.NextInt32(hidden);
                float[] gates = Draw.Normal(random, 4 * hidden), c = new float[hidden], h = new float[hidden];
                gates[(gate * hidden) + at] = float.NaN;
                LstmKernels.Forward(gates, new float[hidden], c, h, 1, hidden);
                float[] back = Draw.Uniform(random, 4 * hidden, 0.05, 0.95), dh = Draw.Normal(random, hidden), dc = new float[hidden];
                dh[at] = float.NaN;
                LstmKernels.Backward(back, Draw.Normal(random, hidden), Draw.Normal(random, hidden), dh, dc, 1, hidden);
                for (int j = 0; j < hidden; j++)
                {
                    Assert.Equal(j == at, float.IsNaN(h[j]));
                    Assert.Equal(j == at && gate < 3, float.IsNaN(c[j]));
                    Assert.Equal(j == at, float.IsNaN(dc[j]));
                    Assert.Equal(j == at, float.IsNaN(back[(gate * hidden) + j]));
                }
            }
        }
    }

    [Fact]
    public void Short_spans_are_refused()
    {
        const int H = 5;
        float[] full = new float[Rows * H], less = new float[(Rows * H) - 1], gates = new float[4 * Rows * H], fewer = new float[(4 * Rows * H) - 1];
        Assert.Throws<ArgumentException>(() => LstmKernels.Forward(fewer, full, full, full, Rows, H));
        Assert.Throws<ArgumentException>(() => LstmKernels.Forward(gates, less, full, full, Rows, H));
        Assert.Throws<ArgumentException>(() => LstmKernels.Forward(gates, full, less, full, Rows, H));
        Assert.Throws<ArgumentException>(() => LstmKernels.Forward(gates, full, full, less, Rows, H));
        Assert.Throws<ArgumentException>(() => LstmKernels.Forward(gates, full, full, full, Rows, -1));
        Assert.Throws<ArgumentException>(() => LstmKernels.Forward(gates, full, full, full, -1, H));
        Assert.Throws<ArgumentException>(() => LstmKernels.Backward(fewer, full, full, full, full, Rows, H));
        Assert.Throws<ArgumentException>(() => LstmKernels.Backward(gates, less, full, full, full, Rows, H));
        Assert.Throws<ArgumentException>(() => LstmKernels.Backward(gates, full, less, full, full, Rows, H));
        Assert.Throws<ArgumentException>(() => LstmKernels.Backward(gates, full, full, less, full, Rows, H));
        Assert.Throws<ArgumentException>(() => LstmKernels.Backward(gates, full, full, full, less, Rows, H));
    }
}
