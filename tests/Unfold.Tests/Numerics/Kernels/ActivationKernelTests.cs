using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Kernels;

[Trait("Path", "every")]
public sealed class ActivationKernelTests
{
    public static TheoryData<Activation> All => [Activation.Tanh, Activation.Relu, Activation.Sigmoid, Activation.Identity];

    [Theory]
    [MemberData(nameof(All))]
    public void Values_are_right_at_every_length_also_in_place(Activation activation)
    {
        var random = new SeededRandom(1);
        for (int length = 0; length <= 256; length++)
        {
            float[] a = Draw.Normal(random, length, 3);
            double[] expected = [.. a.Select(x => Value(activation, x))];
            var y = new float[length];
            ActivationKernels.Forward(activation, a, y);
            Close.Equal(expected, y, relative: 5e-7, absolute: 0, $"{activation}, length {length}");
            ActivationKernels.Forward(activation, a, a);
            Close.Same(y, a, $"{activation} in place, length {length}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Gradients_are_right_at_every_length_also_in_place(Activation activation)
    {
        var random = new SeededRandom(2);
        for (int length = 0; length <= 256; length++)
        {
            float[] y = [.. Draw.Normal(random, length, 3).Select(x => (float)Value(activation, x))];
            float[] dy = Draw.Normal(random, length);
            double[] expected = [.. y.Zip(dy, (value, gradient) => gradient * Derivative(activation, value))];
            var da = new float[length];
            ActivationKernels.Backward(activation, y, dy, da);
            Close.Equal(expected, da, relative: 1e-6, absolute: 3e-7, $"gradient of {activation}, length {length}");
            ActivationKernels.Backward(activation, y, dy, dy);
            Close.Same(da, dy, $"gradient of {activation} in place, length {length}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_NaN_comes_out_where_it_went_in(Activation activation)
    {
        var random = new SeededRandom(3);
        for (int length = 1; length <= 256; length++)
        {
            int at = random.NextInt32(length);
            float[] a = Draw.Normal(random, length);
            a[at] = float.NaN;
            ActivationKernels.Forward(activation, a, a);
            float[] y = Draw.Uniform(random, length, 0.1, 0.9);
            float[] dy = Draw.Normal(random, length);
            dy[at] = float.NaN;
            ActivationKernels.Backward(activation, y, dy, dy);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(i == at, float.IsNaN(a[i]));
                Assert.Equal(i == at, float.IsNaN(dy[i]));
            }
        }
    }

    [Fact]
    public void The_gradient_of_relu_is_zero_at_zero_and_at_a_NaN_value()
    {
        float[] da = new float[3];
        ActivationKernels.Backward(Activation.Relu, [0, float.NaN, 1], [5, 6, 7], da);
        Assert.Equal([0, 0, 7], da);
    }

    [Fact]
    public void Spans_of_different_length_and_unknown_functions_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ActivationKernels.Forward(Activation.Tanh, new float[4], new float[3]));
        Assert.Throws<ArgumentException>(() => ActivationKernels.Backward(Activation.Tanh, new float[4], new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => ActivationKernels.Backward(Activation.Tanh, new float[4], new float[4], new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ActivationKernels.Forward((Activation)77, new float[4], new float[4]));
    }

    private static double Value(Activation activation, double a) => activation switch
    {
        Activation.Tanh => Math.Tanh(a),
        Activation.Relu => Naive.Relu(a),
        Activation.Sigmoid => Naive.Sigmoid(a),
        _ => a,
    };

    private static double Derivative(Activation activation, double y) => activation switch
    {
        Activation.Tanh => 1 - (y * y),
        Activation.Relu => y > 0 ? 1 : 0,
        Activation.Sigmoid => y * (1 - y),
        _ => 1,
    };
}
