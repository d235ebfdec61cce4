using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Vectors;

/// <summary>
/// Accuracy of exp, sigmoid and tanh over their whole range. The largest error in units of the last place (of the exact
/// value in single precision) is stated for each and must hold on every path.
/// </summary>
[Trait("Path", "every")]
public sealed class VectorMathTests
{
    private const double SigmoidUlp = 2.5;
    private const double TanhUlp = 2.5;

    [Fact]
    public void Sigmoid_is_right_to_the_last_places() =>
        Check(Activation.Sigmoid, Naive.Sigmoid, Samples(-87, 200), SigmoidUlp);

    [Fact]
    public void Tanh_is_right_to_the_last_places() =>
        Check(Activation.Tanh, Math.Tanh, Samples(-200, 200), TanhUlp);

    [Fact]
    public void Exp_is_right_to_the_last_places()
    {
        // By way of the softmax of two: the first logit is the largest, and the second one's share is e^x / (1 + e^x).
        foreach (float x in Samples(-87, 0))
        {
            var result = new float[2];
            SoftmaxKernels.Probabilities([0, x], result);
            double expected = Math.Exp(x) / (1 + Math.Exp(x));
            Close.Equal(expected, result[1], relative: 5e-7, absolute: 0, $"e^{x:R}");
        }
    }

    [Theory]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.MinValue)]
    [InlineData(-1000f)]
    [InlineData(-88f)]
    public void Far_below_zero_sigmoid_is_next_to_nothing_and_tanh_is_minus_one(float a)
    {
        foreach (int length in new[] { 1, 16, 19 })
        {
            Close.Equal(new double[length], Apply(Activation.Sigmoid, a, length), relative: 0, absolute: 1.3e-38, $"sigmoid({a})");
            Assert.All(Apply(Activation.Tanh, a, length), y => Assert.Equal(-1f, y));
        }
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.MaxValue)]
    [InlineData(1000f)]
    [InlineData(20f)]
    public void Far_above_zero_both_are_one(float a)
    {
        foreach (int length in new[] { 1, 16, 19 })
        {
            Assert.All(Apply(Activation.Sigmoid, a, length), y => Assert.Equal(1f, y));
            Assert.All(Apply(Activation.Tanh, a, length), y => Assert.Equal(1f, y));
        }
    }

    /// <summary>Both signs of every power of two times a few mantissas, and a fine comb around zero, within the range.</summary>
    private static float[] Samples(double low, double high)
    {
        var samples = new List<float> { 0, -0f, float.Epsilon, -float.Epsilon };
        for (int exponent = -140; exponent <= 7; exponent++)
        {
            for (int mantissa = 0; mantissa < 64; mantissa++)
            {
                double x = (1 + (mantissa / 64.0)) * Math.Pow(2, exponent);
                samples.Add((float)x);
                samples.Add((float)-x);
            }
        }

        for (int i = -20_000; i <= 20_000; i++)
        {
            samples.Add(i * 0.000997f);
        }

        return [.. samples.Where(x => x >= low && x <= high)];
    }

    private static float[] Apply(Activation activation, float a, int length)
    {
        var values = new float[length];
        Array.Fill(values, a);
        ActivationKernels.Forward(activation, values, values);
        return values;
    }

    private static void Check(Activation activation, Func<double, double> exact, float[] a, double allowed)
    {
        var y = new float[a.Length];
        ActivationKernels.Forward(activation, a, y);
        double worst = 0;
        float at = 0;
        for (int i = 0; i < a.Length; i++)
        {
            Assert.False(float.IsNaN(y[i]), $"{activation}({a[i]:R}) is a NaN.");
            double expected = exact(a[i]);
            double ulp = MathF.BitIncrement((float)Math.Abs(expected)) - (double)(float)Math.Abs(expected);
            double error = Math.Abs(y[i] - expected) / Math.Max(ulp, float.Epsilon);
            if (error > worst)
            {
                (worst, at) = (error, a[i]);
            }
        }

        Assert.True(worst <= allowed, $"{activation} is {worst:F2} units of the last place off at {at:R}; {allowed} are allowed.");
    }
}
