using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Autograd;

[Trait("Path", "every")]
public sealed class NormalizationTests
{
    [Theory]
    [InlineData(3, 1e-5f)]
    [InlineData(7, 0.5f)]
    [InlineData(300, 1e-5f)]
    public void LayerNormalization(int columns, float epsilon) => OperationCheck.Run(
        [new Shape(2, 3, columns), new Shape(columns), new Shape(columns)],
        (tape, x) => tape.LayerNormalization(x[0], x[1], x[2], epsilon),
        x => Naively(x[0], x[1], x[2], epsilon));

    [Fact]
    public void A_row_of_equal_values_becomes_the_shift()
    {
        var tape = new Tape(new Workers(1));
        Tensor y = tape.LayerNormalization(new Tensor(new Shape(1, 3), [7, 7, 7]), new Tensor(new Shape(3), [1, 2, 3]), new Tensor(new Shape(3), [0.25f, -1, 4]));
        Close.Same([0.25f, -1, 4], y.Values, "the shift");
    }

    /// <summary>The sum of a thousand numbers around 10,000 is off by more than their spread allows for.</summary>
    [Fact]
    public void Numbers_that_are_large_against_their_spread_keep_it()
    {
        var random = new SeededRandom(11);
        float[] x = Draw.Uniform(random, 1000, 9999, 10001);
        var ones = new Tensor(new Shape(1000), [.. Enumerable.Repeat(1f, 1000)]);
        Tensor y = new Tape(new Workers(1)).LayerNormalization(new Tensor(new Shape(1000), x), ones, new Tensor(new Shape(1000)));
        Close.Equal(Naively(Naive.Widen(x), Naive.Widen(ones.Values), new double[1000], 1e-5), y.Values, relative: 1e-5, absolute: 2e-6, "the values");
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_was_wanted_and_found()
    {
        var tape = new Tape(new Workers(1));
        Tensor x = new(new Shape(2, 3)), three = new(new Shape(3)), two = new(new Shape(2)), none = new(new Shape(2, 0));
        Assert.Contains("the gain of a tensor (2, 3) must have the shape (3), but has (2)", OperationCheck.Refusal("LayerNormalization", () => tape.LayerNormalization(x, two, three)), StringComparison.Ordinal);
        Assert.Contains("the shift of a tensor (2, 3) must have the shape (3), but has (2)", OperationCheck.Refusal("LayerNormalization", () => tape.LayerNormalization(x, three, two)), StringComparison.Ordinal);
        Assert.Contains("(2, 0)", OperationCheck.Refusal("LayerNormalization", () => tape.LayerNormalization(none, three, three)), StringComparison.Ordinal);
        OperationCheck.Refusal("LayerNormalization", () => tape.LayerNormalization(x, three, three, 0));
        OperationCheck.Refusal("LayerNormalization", () => tape.LayerNormalization(x, three, three, float.NaN));
    }

    private static double[] Naively(double[] x, double[] gain, double[] shift, double epsilon)
    {
        int columns = gain.Length;
        var y = new double[x.Length];
        for (int row = 0; row < x.Length / columns; row++)
        {
            double[] values = x[(row * columns)..((row + 1) * columns)];
            double mean = values.Average(), variance = values.Average(value => (value - mean) * (value - mean));
            for (int j = 0; j < columns; j++)
            {
                y[(row * columns) + j] = (gain[j] * (values[j] - mean) / Math.Sqrt(variance + epsilon)) + shift[j];
            }
        }

        return y;
    }
}
