using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Layers;

[Trait("Path", "every")]
public sealed class DropoutTests
{
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Values_are_dropped_with_the_probability_and_the_mean_stays(double probability)
    {
        Parameter x = Filled(new Shape(400, 251), 1);
        float[] y = Dropout.Forward(new Tape(new Workers(2)), x, probability, new SeededRandom(3)).Values.ToArray();
        float kept = (float)(1 / (1 - probability));
        Assert.All(y, value => Assert.True(value == 0 || value == kept));
        double deviation = Math.Sqrt(probability * (1 - probability) / y.Length);
        Assert.InRange(y.Count(value => value == 0) / (double)y.Length, probability - (4 * deviation), probability + (4 * deviation));
        for (int row = 1; row < 400; row++)
        {
            Assert.False(y.AsSpan(0, 251).SequenceEqual(y.AsSpan(row * 251, 251)), $"row {row} has the mask of row 0");
        }
    }

    [Fact]
    public void The_gradient_goes_through_the_same_mask()
    {
        Parameter x = Filled(new Shape(5, 3, 7), 2);
        var tape = new Tape(new Workers(2));
        Tensor y = Dropout.Forward(tape, x, 0.4, new SeededRandom(5));
        float[] projection = Draw.Uniform(new SeededRandom(8), 105, -1, 1);
        tape.Backward(tape.Sum(tape.Multiply(y, new Tensor(y.Shape, projection))));
        double[] wanted = [.. y.Values.ToArray().Zip(projection, (value, p) => (double)p * value / 2)];
        Assert.Contains(0.0, wanted);
        Close.Equal(wanted, x.Gradient, relative: 1e-6, absolute: 0, "mask * projection");
    }

    [Fact]
    public void The_mask_depends_on_the_seed_only()
    {
        Parameter x = Filled(new Shape(13, 17), 1);
        float[] Mask(int workers, ulong seed) => Dropout.Forward(new Tape(new Workers(workers)), x, 0.5, new SeededRandom(seed)).Values.ToArray();
        Close.Same(Mask(1, 4), Mask(3, 4), "one and three threads");
        Assert.NotEqual(Mask(1, 4), Mask(1, 5));
        var random = new SeededRandom(4);
        float[] first = Dropout.Forward(new Tape(new Workers(1)), x, 0.5, random).Values.ToArray();
        float[] second = Dropout.Forward(new Tape(new Workers(1)), x, 0.5, random).Values.ToArray();
        Close.Same(Mask(1, 4), first, "the same seed");
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void With_probability_zero_nothing_happens()
    {
        Parameter x = Filled(new Shape(3), 1);
        var random = new SeededRandom(4);
        Assert.Same(x, Dropout.Forward(new Tape(new Workers(1)), x, 0, random));
        Assert.Equal(new SeededRandom(4).NextUInt64(), random.NextUInt64());
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_probability_outside_its_range_is_refused(double probability) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Dropout.Forward(new Tape(new Workers(1)), new Tensor(new Shape(2)), probability, new SeededRandom(1)));

    private static Parameter Filled(Shape shape, float value)
    {
        var parameter = new Parameter("x", shape);
        parameter.Edit().Fill(value);
        return parameter;
    }
}
