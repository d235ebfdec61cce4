using Unfold.Autograd;
using Unfold.Numerics;
using Unfold.Training;

namespace Unfold.Tests.Training;

public sealed class ClippingTests
{
    private readonly Workers _workers = new(1);

    [Fact]
    public void TheNormIsThatOfAllGradientsTogetherAndTheGradientsStay()
    {
        ParameterSet parameters = ThreeFourTwelve();
        GradientNorm found = new Clipping { MaximumNorm = 6.5 }.Apply(0, 1, parameters, _workers);
        Assert.Equal(13, found.Norm, 1e-6);
        Assert.Equal(0.5, found.Scale, 1e-6); // 6.5 / 13.000001
        Assert.Equal([3f, -4f, 12f], Gradients(parameters));
    }

    [Fact]
    public void ASmallNormIsLeftAlone()
    {
        GradientNorm found = new Clipping { MaximumNorm = 13.1 }.Apply(0, 1, ThreeFourTwelve(), _workers);
        Assert.Equal(1f, found.Scale);
    }

    [Fact]
    public void WithoutLimitsNothingIsClipped()
    {
        ParameterSet parameters = ThreeFourTwelve();
        GradientNorm found = new Clipping().Apply(0, 1, parameters, _workers);
        Assert.Equal(13, found.Norm, 1e-6);
        Assert.Equal(1f, found.Scale);
        Assert.Equal([3f, -4f, 12f], Gradients(parameters));
    }

    [Fact]
    public void ValuesAreClippedBeforeTheNorm()
    {
        ParameterSet parameters = ThreeFourTwelve();
        GradientNorm found = new Clipping { MaximumValue = 3.5, MaximumNorm = 2.9 }.Apply(0, 1, parameters, _workers);
        Assert.Equal([3f, -3.5f, 3.5f], Gradients(parameters));
        Assert.Equal(13, found.Norm, 1e-6);
        Assert.Equal(2.9 / Math.Sqrt(33.5), found.Scale, 1e-6);
    }

    [Fact]
    public void AZeroGradientDividesByNothing()
    {
        ParameterSet parameters = Sets.Small(seed: 1);
        GradientNorm found = new Clipping { MaximumNorm = 0.1 }.Apply(0, 1, parameters, _workers);
        Assert.Equal(new GradientNorm(0, 1), found);
    }

    [Fact]
    public void TheScaleBoundsWhatTheOptimizerDoes()
    {
        ParameterSet parameters = Sets.Large(seed: 2);
        float[] before = parameters.Values.ToArray();
        Sets.DrawGradients(parameters, new SeededRandom(3));
        GradientNorm found = new Clipping { MaximumNorm = 0.5 }.Apply(0, 1, parameters, _workers);
        new Sgd().Step(parameters, 1, found.Scale, _workers);
        double moved = 0;
        for (int i = 0; i < before.Length; i++)
        {
            moved += Math.Pow((double)before[i] - parameters.Values[i], 2);
        }

        Assert.Equal(0.5, Math.Sqrt(moved), 1e-5);
    }

    [Fact]
    public void TheNormDoesNotDependOnTheNumberOfThreads()
    {
        ParameterSet parameters = Sets.Large(seed: 2);
        Sets.DrawGradients(parameters, new SeededRandom(3));
        var clipping = new Clipping { MaximumNorm = 0.5 };
        GradientNorm expected = clipping.Apply(0, 1, parameters, _workers);
        Assert.Equal(expected, clipping.Apply(0, 1, parameters, new Workers(2)));
        Assert.Equal(expected, clipping.Apply(0, 1, parameters, new Workers(3)));
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void ADivergenceNamesTheFirstParameterThatWentBad(float bad, string written)
    {
        for (int first = 0; first < 3; first++)
        {
            foreach (var clipping in new[] { new Clipping(), new Clipping { MaximumValue = 1, MaximumNorm = 1 } })
            {
                ParameterSet parameters = Sets.Small(seed: 1);
                Sets.DrawGradients(parameters, new SeededRandom(2));
                for (int i = 2; i >= first; i--)
                {
                    parameters[i].Gradient[^1] = bad;
                }

                DivergenceException failure = Assert.Throws<DivergenceException>(() => clipping.Apply(123, 2.5, parameters, _workers));
                Assert.Equal(123, failure.Step);
                Assert.Equal($"p{first}", failure.ParameterName);
                Assert.Equal(
                    $"Training diverged at step 123: the loss is 2.5 and a gradient of 'p{first}' is {written}. Lower the learning rate, or clip the gradients to a smaller norm.",
                    failure.Message);
            }
        }
    }

    [Fact]
    public void ABadValueIsTheCauseOfBadGradients()
    {
        ParameterSet parameters = Sets.Small(seed: 1);
        parameters[0].Gradient[0] = float.NaN;
        parameters[1].Edit()[0] = float.PositiveInfinity;
        DivergenceException failure = Assert.Throws<DivergenceException>(() => new Clipping().Apply(5, double.NaN, parameters, _workers));
        Assert.Equal("p1", failure.ParameterName);
        Assert.Contains("a value of 'p1' is Infinity", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABadLossStopsTheRunThoughAllGradientsAreFinite()
    {
        ParameterSet parameters = Sets.Small(seed: 1);
        DivergenceException failure = Assert.Throws<DivergenceException>(() => new Clipping().Apply(7, double.NaN, parameters, _workers));
        Assert.Equal(7, failure.Step);
        Assert.Null(failure.ParameterName);
        Assert.Contains("the loss is NaN", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOverflowOfTheSquaresNamesTheLargestGradient()
    {
        ParameterSet parameters = Sets.Small(seed: 1);
        parameters[2].Gradient.Fill(-1e30f);
        parameters[0].Gradient[0] = 5;
        DivergenceException failure = Assert.Throws<DivergenceException>(() => FiniteCheck.Require(9, 1, double.PositiveInfinity, parameters));
        Assert.Equal("p2", failure.ParameterName);
        Assert.Contains("too large", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImpossibleSettingsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => new Clipping { MaximumNorm = 0 });
        Assert.Throws<ArgumentException>(() => new Clipping { MaximumNorm = double.NaN });
        Assert.Throws<ArgumentException>(() => new Clipping { MaximumValue = -1 });
    }

    private static ParameterSet ThreeFourTwelve()
    {
        var parameters = new ParameterSet([new Parameter("a", new Shape(2)), new Parameter("b", new Shape(1))]);
        parameters[0].Gradient[0] = 3;
        parameters[0].Gradient[1] = -4;
        parameters[1].Gradient[0] = 12;
        return parameters;
    }

    private static float[] Gradients(ParameterSet parameters) => [.. parameters.SelectMany(p => p.Gradient.ToArray())];
}
