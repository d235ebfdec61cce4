using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Kernels;

[Trait("Path", "every")]
public sealed class SoftmaxKernelTests
{
    [Fact]
    public void Probabilities_are_right_at_every_length_also_in_place()
    {
        var random = new SeededRandom(1);
        for (int length = 0; length <= 256; length++)
        {
            float[] logits = Draw.Normal(random, length, 5), result = new float[length];
            SoftmaxKernels.Probabilities(logits, result);
            Close.Equal(Naive.Softmax(logits), result, relative: 3e-6, absolute: 0, $"softmax, length {length}");
            SoftmaxKernels.Probabilities(logits, logits);
            Close.Same(result, logits, $"softmax in place, length {length}");
        }
    }

    [Fact]
    public void The_loss_and_its_gradient_are_right_at_every_length()
    {
        var random = new SeededRandom(2);
        for (int length = 1; length <= 256; length++)
        {
            int target = random.NextInt32(length);
            float[] logits = Draw.Normal(random, length, 5), kept = [.. logits];
            double expected = Naive.CrossEntropy(logits, target);
            double[] gradient = Naive.CrossEntropyGradient(logits, target, 0.25);
            Close.Equal(expected, SoftmaxKernels.CrossEntropy(logits, target, 0), relative: 1e-6, absolute: 1e-6, $"loss, length {length}");
            Close.Same(kept, logits, "a scale of 0 leaves the logits alone");
            Close.Equal(expected + logits[target], SoftmaxKernels.LogSumExp(logits), relative: 1e-6, absolute: 1e-6, $"sum, length {length}");
            Close.Equal(expected, SoftmaxKernels.CrossEntropy(logits, target, 0.25f), relative: 1e-6, absolute: 1e-6, $"loss, length {length}");
            Close.Equal(gradient, logits, relative: 3e-6, absolute: 1e-7, $"gradient, length {length}");
        }
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        float[] logits = [3e38f, -3e38f, 3e38f];
        SoftmaxKernels.Probabilities(logits, logits);
        Close.Equal([0.5, 0, 0.5], logits, relative: 1e-6, absolute: 1e-30, "three large logits");
        Close.Equal(Math.Log(2), SoftmaxKernels.CrossEntropy([1e30f, 1e30f], 1, 0), relative: 1e-6, absolute: 0, "two equal logits");
    }

    [Theory]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.MinValue)]
    [InlineData(-1000f)]
    public void A_class_that_is_ruled_out_gets_nothing(float logit)
    {
        foreach (int length in new[] { 2, 16, 33 })
        {
            float[] logits = new float[length];
            logits[length - 1] = logit;
            logits[0] = length == 2 ? 0 : logit;
            double[] expected = Naive.Softmax(logits);
            SoftmaxKernels.Probabilities(logits, logits);
            Close.Equal(expected, logits, relative: 1e-6, absolute: 0, $"softmax of {length}");
            Assert.Equal(0, logits[length - 1]);
        }
    }

    [Fact]
    public void A_NaN_makes_the_row_NaN_wherever_it_stands()
    {
        var random = new SeededRandom(3);
        for (int length = 1; length <= 256; length++)
        {
            float[] logits = Draw.Normal(random, length);
            logits[random.NextInt32(length)] = float.NaN;
            float[] result = new float[length];
            SoftmaxKernels.Probabilities(logits, result);
            Assert.All(result, p => Assert.True(float.IsNaN(p)));
            Assert.True(double.IsNaN(SoftmaxKernels.CrossEntropy(logits, 0, 0)));
        }
    }

    [Fact]
    public void Wrong_lengths_and_targets_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SoftmaxKernels.Probabilities(new float[4], new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SoftmaxKernels.CrossEntropy(new float[4], 4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SoftmaxKernels.CrossEntropy(new float[4], -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SoftmaxKernels.CrossEntropy([], 0, 1));
    }
}
