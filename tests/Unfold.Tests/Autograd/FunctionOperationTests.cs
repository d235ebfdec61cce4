using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Autograd;

[Trait("Path", "every")]
public sealed class FunctionOperationTests
{
    [Fact]
    public void OneMinus() => Check((tape, a) => tape.OneMinus(a), x => 1 - x);

    [Fact]
    public void Square() => Check((tape, a) => tape.Square(a), x => x * x);

    [Fact]
    public void Exp() => Check((tape, a) => tape.Exp(a), Math.Exp, -3, 3);

    [Fact]
    public void Log() => Check((tape, a) => tape.Log(a), Math.Log, 0.05, 4);

    [Fact]
    public void Softplus() => Check((tape, a) => tape.Softplus(a), x => Math.Log(1 + Math.Exp(x)), -6, 6);

    [Fact]
    public void Clamp() => Check((tape, a) => tape.Clamp(a, -0.4f, 0.9f), x => Math.Min(Math.Max(x, -0.4f), 0.9f));

    [Theory]
    [InlineData(-0.4f, 1)]
    [InlineData(0.9f, 1)]
    [InlineData(-0.41f, 0)]
    [InlineData(0.91f, 0)]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, 0)]
    public void Clamp_passes_the_gradient_on_at_the_bounds_and_not_outside(float value, float gradient)
    {
        var tape = new Tape(new Workers(1));
        var p = new Parameter("p", new Shape(3));
        p.Edit().Fill(0.25f);
        p.Edit()[1] = value;
        Tensor y = tape.Clamp(p, -0.4f, 0.9f);
        Assert.Equal(float.IsNaN(value), float.IsNaN(y.Values[1]));
        tape.Backward(tape.Sum(y));
        Close.Same([1f, gradient, 1], p.Gradient, "the gradient");
    }

    /// <summary>Far from 0 the textbook form is infinite or 0.</summary>
    [Fact]
    public void Softplus_is_exact_for_arguments_of_any_size()
    {
        float[] x = [-80, -40, -20, -17, -10, -1e-4f, 0, 1e-4f, 10, 20, 89, 1000, 1e30f];
        double[] wanted = [.. x.Select(value => value < -15 ? Math.Exp(value) - (Math.Exp(2.0 * value) / 2) : value > 700 ? value : Math.Log(1 + Math.Exp(value)))];
        var tape = new Tape(new Workers(1));
        var p = new Parameter("p", new Shape(x.Length));
        x.CopyTo(p.Edit());
        Tensor y = tape.Softplus(p);
        Close.Equal(wanted, y.Values, relative: 4e-7, absolute: 0, "softplus");
        tape.Backward(tape.Sum(y));
        Close.Equal([.. x.Select(value => 1 / (1 + Math.Exp(-(double)value)))], p.Gradient, relative: 1e-6, absolute: 0, "its gradient");
    }

    [Fact]
    public void A_NaN_stays_a_NaN_and_infinities_keep_their_limits()
    {
        var tape = new Tape(new Workers(1));
        var x = new Tensor(new Shape(6), [1, float.NaN, 2, float.PositiveInfinity, float.NegativeInfinity, 3]);
        float[] y = tape.Softplus(x).Values.ToArray();
        Assert.True(float.IsNaN(y[1]) && float.IsPositiveInfinity(y[3]) && y[4] == 0);
        Assert.True(float.IsNaN(tape.Log(x).Values[1]) && float.IsNaN(tape.Log(x).Values[4]) && float.IsNaN(tape.Exp(x).Values[1]));
        Assert.True(float.IsNaN(tape.Square(x).Values[1]) && float.IsNaN(tape.OneMinus(x).Values[1]));
    }

    [Fact]
    public void Bounds_in_the_wrong_order_are_refused()
    {
        var tape = new Tape(new Workers(1));
        string message = OperationCheck.Refusal("Clamp", () => tape.Clamp(new Tensor(new Shape(2)), 2, 1));
        Assert.Contains("2 and 1", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => tape.Clamp(new Tensor(new Shape(2)), float.NaN, 1));
    }

    private static void Check(Func<Tape, Tensor, Tensor> operation, Func<double, double> naive, double low = -1.5, double high = 1.5)
    {
        // 600 values reach beyond two blocks.
        foreach (Shape shape in (Shape[])[new Shape(3, 13), new Shape(2), new Shape(2, 3, 100)])
        {
            OperationCheck.Run([shape], (tape, inputs) => operation(tape, inputs[0]), inputs => [.. inputs[0].Select(naive)], low, high);
        }
    }
}
