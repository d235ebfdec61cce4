using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Kernels;

[Trait("Path", "every")]
public sealed class NormalizationKernelTests
{
    public static TheoryData<int> Widths => [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 100, 257];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Values_and_gradient_are_those_of_the_equations(int width)
    {
        float[] values = [.. Draw.Normal(new SeededRandom(1), width, 3).Select(value => value + 5)], slopes = Draw.Normal(new SeededRandom(2), width);
        double[] x = Naive.Widen(values), d = Naive.Widen(slopes);
        double mean = x.Average(), scale = 1 / Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + 1e-5);
        double[] y = [.. x.Select(value => (value - mean) * scale)];
        double along = d.Zip(y, (slope, value) => slope * value).Average();
        double[] dx = [.. d.Zip(y, (slope, value) => scale * (slope - d.Average() - (value * along)))];

        float found = NormalizationKernels.Forward(values);
        NormalizationKernels.Backward(values, found, slopes);

        Close.Equal([scale], [found], relative: 1e-5, absolute: 0, "scale");
        Close.Equal(y, values, relative: 1e-5, absolute: 2e-6, "values");
        Close.Equal(dx, slopes, relative: 1e-5, absolute: 2e-6 * Math.Max(1, scale), "gradient");
    }

    [Fact]
    public void A_row_has_the_same_bits_wherever_it_lies()
    {
        const int width = 37;
        float[] row = Draw.Normal(new SeededRandom(3), width), first = [.. row];
        float scale = NormalizationKernels.Forward(first);
        for (int offset = 1; offset < 20; offset++)
        {
            float[] wider = new float[width + offset + 3];
            row.CopyTo(wider, offset);
            wider[^1] = wider[0] = float.NaN;
            Assert.Equal(scale, NormalizationKernels.Forward(wider.AsSpan(offset, width)));
            Close.Same(first, wider.AsSpan(offset, width), $"offset {offset}");
        }
    }

    [Fact]
    public void A_value_that_is_not_a_number_is_not_hidden()
    {
        float[] row = [1, float.NaN, 3];
        Assert.True(float.IsNaN(NormalizationKernels.Forward(row)));
        Assert.All(row, value => Assert.True(float.IsNaN(value)));
    }
}
