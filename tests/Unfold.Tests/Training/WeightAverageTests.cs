using Unfold.Autograd;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Training;

namespace Unfold.Tests.Training;

[Trait("Path", "every")]
public sealed class WeightAverageTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void It_is_the_mean_of_all_that_was_added(int workers)
    {
        var parameter = new Parameter("w", new Shape(5_000));
        var set = new ParameterSet([parameter]);
        var average = new WeightAverage(set);
        var random = new SeededRandom(3);
        double[] sum = new double[set.Values.Length];
        for (int n = 1; n <= 7; n++)
        {
            Draw.Uniform(random, set.Values.Length, -1, 1).CopyTo(set.Edit());
            average.Add(new Workers(workers));
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += set.Values[i];
            }

            Close.Equal(sum.Select(value => value / n).ToArray(), average.Values.Span, relative: 1e-5, absolute: 1e-6, $"mean of {n}");
        }

        float[] last = [.. set.Values], mean = [.. average.Values.Span];
        Assert.Throws<InvalidOperationException>(() => average.Use(() =>
        {
            Close.Same(mean, set.Values, "in use");
            throw new InvalidOperationException();
        }));
        Close.Same(last, set.Values, "after use");
        Close.Same(mean, average.Values.Span, "the mean after use");
        Assert.Throws<ArgumentException>(() => average.Restore(1, new float[3]));
        Assert.Throws<ArgumentException>(() => average.Restore(-1, mean));
        Assert.Equal(7, average.Count);
    }

    [Fact]
    public void Training_measures_the_mean_of_the_last_weights_too_and_takes_the_better_ones()
    {
        // The validation text is what is never learned: it grows less likely with each update, so that the mean is the better one.
        LanguageModelTrainer trainer = TinyRun.Create(TinyRun.Settings with { Averaging = 0.4 });
        LanguageModelTrainer plain = TinyRun.Create(TinyRun.Settings);
        var seen = new List<float[]>();
        for (int step = 1; step <= TinyRun.Steps; step++)
        {
            trainer.Step();
            plain.Step();
            Score last = plain.Validate(TestContext.Current.CancellationToken).Score, better = trainer.Validate(TestContext.Current.CancellationToken).Score;
            Close.Same(plain.Model.Parameters.Values, trainer.Model.Parameters.Values, $"weights of step {step}");
            if (step > 9)
            {
                seen.Add([.. plain.Model.Parameters.Values]);
            }

            float[] measured = [];
            trainer.UseMeasured(model => measured = [.. model.Parameters.Values]);
            if (step <= 10)
            {
                Assert.Equal(last, better);
                Close.Same(plain.Model.Parameters.Values, measured, $"what was measured at step {step}");
                continue;
            }

            Assert.True(better.Loss < last.Loss, $"step {step}");
            double[] mean = [.. Enumerable.Range(0, measured.Length).Select(i => seen.Average(weights => (double)weights[i]))];
            Close.Equal(mean, measured, relative: 1e-5, absolute: 1e-6, $"what was measured at step {step}");
        }
    }
}
