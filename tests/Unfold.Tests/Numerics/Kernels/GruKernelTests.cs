using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Kernels;

[Trait("Path", "every")]
public sealed class GruKernelTests
{
    private const int Rows = 3;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_gates_are_right_at_every_width(bool resetFirst)
    {
        var random = new SeededRandom(1);
        for (int hidden = 0; hidden <= 256; hidden++)
        {
            float[] sums = Draw.Normal(random, Rows * 3 * hidden, 2), previous = Draw.Normal(random, Rows * hidden);
            float[] gates = [.. sums], resetHidden = resetFirst ? new float[Rows * hidden] : [];
            GruKernels.Gates(gates, previous, resetHidden, Rows, hidden);
            for (int i = 0; i < gates.Length; i++)
            {
                int row = i / (3 * hidden), column = i % (3 * hidden);
                double expected = column < 2 * hidden ? Naive.Sigmoid(sums[i]) : sums[i];
                Close.Equal(expected, gates[i], relative: 1e-6, absolute: 0, $"gate {column} of row {row}, width {hidden}");
                if (resetFirst && column < hidden)
                {
                    int at = (row * hidden) + column;
                    Close.Equal(expected * previous[at], resetHidden[at], relative: 1e-6, absolute: 0, $"r h, {column} of row {row}, width {hidden}");
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_candidate_is_right_at_every_width(bool withQ)
    {
        var random = new SeededRandom(2);
        for (int hidden = 0; hidden <= 256; hidden++)
        {
            int size = Rows * hidden;
            float[] before = Draw.Uniform(random, 3 * size, 0.05, 0.95), q = withQ ? Draw.Normal(random, size) : [], previous = Draw.Normal(random, size);
            float[] gates = [.. before], h = new float[size];
            GruKernels.Candidate(gates, q, previous, h, Rows, hidden);
            for (int row = 0; row < Rows; row++)
            {
                (double[] r, double[] z, double[] a) = Split(before, row, hidden);
                Range narrow = (row * hidden)..((row + 1) * hidden);
                var expected = Naive.GruCandidate(r, z, a, withQ ? Naive.Widen(q[narrow]) : [], Naive.Widen(previous[narrow]));
                (double[] r2, double[] z2, double[] n) = Split(gates, row, hidden);
                Close.Equal(expected.N, n, relative: 1e-6, absolute: 1e-6, $"n, row {row} of width {hidden}");
                Close.Equal(expected.H, h[narrow], relative: 1e-6, absolute: 1e-6, $"h, row {row} of width {hidden}");
                Assert.Equal(r, r2);
                Assert.Equal(z, z2);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_gradient_of_the_candidate_is_right_at_every_width(bool withQ)
    {
        var random = new SeededRandom(3);
        for (int hidden = 0; hidden <= 256; hidden++)
        {
            int size = Rows * hidden;
            float[] before = Draw.Uniform(random, 3 * size, 0.05, 0.95), q = withQ ? Draw.Normal(random, size) : [];
            float[] previous = Draw.Normal(random, size), dh = Draw.Normal(random, size);
            float[] gates = [.. before], dq = [.. q], dPrevious = [.. dh];
            GruKernels.CandidateBackward(gates, dq, previous, dPrevious, Rows, hidden);
            for (int row = 0; row < Rows; row++)
            {
                (double[] r, double[] z, double[] n) = Split(before, row, hidden);
                Range narrow = (row * hidden)..((row + 1) * hidden);
                var expected = Naive.GruCandidateBackward(r, z, n, withQ ? Naive.Widen(q[narrow]) : [], Naive.Widen(previous[narrow]), Naive.Widen(dh[narrow]));
                (double[] dr, double[] dz, double[] da) = Split(gates, row, hidden);
                string where = $"row {row} of width {hidden}";
                Close.Equal(withQ ? expected.RSum : r, dr, relative: 1e-6, absolute: 1e-6, $"r, {where}");
                Close.Equal(expected.ZSum, dz, relative: 1e-6, absolute: 1e-6, $"z, {where}");
                Close.Equal(expected.A, da, relative: 1e-6, absolute: 1e-6, $"n, {where}");
                Close.Equal(expected.PreviousH, dPrevious[narrow], relative: 1e-6, absolute: 0, $"previous h, {where}");
                if (withQ)
                {
                    Close.Equal(expected.Q, dq[narrow], relative: 1e-6, absolute: 1e-6, $"q, {where}");
                }
            }
        }
    }

    [Fact]
    public void The_gradient_of_the_reset_gate_is_right_at_every_width()
    {
        var random = new SeededRandom(4);
        for (int hidden = 0; hidden <= 256; hidden++)
        {
            int size = Rows * hidden;
            float[] before = Draw.Uniform(random, 3 * size, 0.05, 0.95), gradient = Draw.Normal(random, size);
            float[] previous = Draw.Normal(random, size), dh = Draw.Normal(random, size), gates = [.. before], sum = [.. dh];
            GruKernels.ResetBackward(gates, gradient, previous, sum, Rows, hidden);
            for (int row = 0; row < Rows; row++)
            {
                (double[] r, double[] z, double[] n) = Split(before, row, hidden);
                (double[] dr, double[] z2, double[] n2) = Split(gates, row, hidden);
                Range narrow = (row * hidden)..((row + 1) * hidden);
                var expected = Naive.GruResetBackward(r, Naive.Widen(gradient[narrow]), Naive.Widen(previous[narrow]));
                double[] expectedSum = [.. expected.PreviousH.Zip(dh[narrow], (gain, old) => gain + old)];
                Close.Equal(expected.RSum, dr, relative: 1e-6, absolute: 1e-6, $"r, row {row} of width {hidden}");
                Close.Equal(expectedSum, sum[narrow], relative: 1e-6, absolute: 1e-6, $"dh, row {row} of width {hidden}");
                Assert.Equal(z, z2);
                Assert.Equal(n, n2);
            }
        }
    }

    [Fact]
    public void A_NaN_stays_in_its_column()
    {
        var random = new SeededRandom(5);
        for (int hidden = 1; hidden <= 70; hidden++)
        {
            for (int gate = 0; gate < 3; gate++)
            {
                int at = random.NextInt32(hidden);
                float[] gates = Draw.Normal(random, 3 * hidden), previous = Draw.Normal(random, hidden), h = new float[hidden], dh = Draw.Normal(random, hidden);
                gates[(gate * hidden) + at] = float.NaN;
                GruKernels.Gates(gates, previous, [], 1, hidden);
                GruKernels.Candidate(gates, Draw.Normal(random, hidden), previous, h, 1, hidden);
                float[] back = Draw.Uniform(random, 3 * hidden, 0.05, 0.95);
                dh[at] = float.NaN;
                GruKernels.CandidateBackward(back, Draw.Normal(random, hidden), previous, dh, 1, hidden);
                for (int j = 0; j < hidden; j++)
                {
                    Assert.Equal(j == at, float.IsNaN(h[j]));
                    Assert.Equal(j == at, float.IsNaN(dh[j]));
                    Assert.Equal(j == at, float.IsNaN(back[(gate * hidden) + j]));
                }
            }
        }
    }

    [Fact]
    public void Short_spans_are_refused()
    {
        const int H = 5;
        float[] full = new float[Rows * H], less = new float[(Rows * H) - 1], gates = new float[3 * Rows * H], fewer = new float[(3 * Rows * H) - 1];
        Assert.Throws<ArgumentException>(() => GruKernels.Gates(fewer, full, full, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.Gates(gates, less, full, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.Gates(gates, full, less, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.Candidate(fewer, full, full, full, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.Candidate(gates, less, full, full, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.Candidate(gates, full, less, full, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.Candidate(gates, full, full, less, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.CandidateBackward(fewer, full, full, full, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.CandidateBackward(gates, less, full, full, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.CandidateBackward(gates, full, less, full, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.CandidateBackward(gates, full, full, less, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.ResetBackward(fewer, full, full, full, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.ResetBackward(gates, less, full, full, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.ResetBackward(gates, full, less, full, Rows, H));
        Assert.Throws<ArgumentException>(() => GruKernels.ResetBackward(gates, full, full, less, Rows, H));
    }

    private static (double[] R, double[] Z, double[] N) Split(float[] gates, int row, int hidden)
    {
        double[] wide = Naive.Widen(gates.AsSpan(row * 3 * hidden, 3 * hidden));
        return (wide[..hidden], wide[hidden..(2 * hidden)], wide[(2 * hidden)..]);
    }
}
