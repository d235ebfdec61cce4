using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Reference;
using Unfold.Tests.Support;

namespace Unfold.Tests.Layers;

/// <summary>The output layers for large vocabularies: adaptive and sampled.</summary>
[Trait("Path", "every")]
public sealed class LargeVocabularyTests
{
    private const int Classes = 23, Width = 9, Rows = 14;

    private static readonly int[] Cutoffs = [5, 8, 16];

    // Of the head, of each cluster, of their first and last classes, twice the same, and rows that are left out.
    private static readonly int[] Targets = [0, 4, 5, 7, 8, 15, 16, 22, -1, 3, 8, 8, -1, 20];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Adaptive_softmax_is_the_naive_product_of_probabilities(int workers)
    {
        var layer = new AdaptiveSoftmaxOutput(Width, Classes, Cutoffs, new SeededRandom(1));
        (Parameter h, Parameter[] parameters) = Filled(layer);
        double Reference(IReadOnlyDictionary<string, double[]> values)
        {
            var losses = new List<double>();
            for (int row = 0; row < Rows; row++)
            {
                losses.AddRange(Targets[row] < 0 ? [] : [-LogProbability(values, values["h"][(row * Width)..((row + 1) * Width)], Targets[row])]);
            }

            return losses.Average();
        }

        OracleDifferences.AssertAgree(parameters, tape => layer.Loss(tape, h, Targets), Reference, entries: 60, "adaptive softmax");
        OracleDifferences.AssertAgree(parameters, tape => tape.Scale(layer.Loss(tape, h, Targets), -2.5f), values => -2.5 * Reference(values), entries: 20, "scaled loss");
        Close.Same(Run(layer, h, parameters, 1, null), Run(layer, h, parameters, workers, null), $"{workers} threads");
    }

    [Fact]
    public void Logits_of_the_adaptive_softmax_are_log_probabilities_that_sum_to_one()
    {
        var layer = new AdaptiveSoftmaxOutput(Width, Classes, Cutoffs, new SeededRandom(1));
        (Parameter h, Parameter[] parameters) = Filled(layer);
        Dictionary<string, double[]> values = parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        float[] logits = layer.Logits(new Tape(new Workers(2)), h).Values.ToArray();
        for (int row = 0; row < Rows; row++)
        {
            double[] wanted = [.. Enumerable.Range(0, Classes).Select(target => LogProbability(values, values["h"][(row * Width)..((row + 1) * Width)], target))];
            Assert.Equal(1, wanted.Sum(Math.Exp), 1e-9);
            Close.Equal(wanted, logits.AsSpan(row * Classes, Classes), relative: 1e-5, absolute: 1e-5, $"row {row}");
            float[] one = new float[Classes];
            layer.Compute(new Workers(1), h.Values.Slice(row * Width, Width), one);
            Close.Same(logits.AsSpan(row * Classes, Classes), one, $"row {row} alone");
        }
    }

    [Theory]
    [InlineData(3_999, new int[0])]
    [InlineData(4_000, new[] { 2_000 })]
    [InlineData(10_001, new[] { 2_000 })]
    [InlineData(100_000, new[] { 2_000, 10_000, 50_000 })]
    public void Clusters_suit_the_vocabulary_and_parameters_are_counted_before_they_are_made(int classes, int[] cutoffs)
    {
        Assert.Equal(cutoffs, AdaptiveSoftmaxOutput.Cutoffs(classes));
        var layer = new AdaptiveSoftmaxOutput(40, classes, new SeededRandom(1));
        Assert.Equal(cutoffs, layer.ClusterStarts);
        Assert.Equal(AdaptiveSoftmaxOutput.CountParameters(40, classes), layer.Parameters.Sum(parameter => (long)parameter.Shape.Length));
        Assert.Contains(FormattableString.Invariant($"AdaptiveSoftmaxOutput(40 -> {classes}"), layer.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_step_of_the_sampled_softmax_is_the_corrected_loss_over_the_sample(int workers)
    {
        const int sampled = 6;
        const ulong seed = 12;
        foreach (SampledSoftmaxOutput layer in new[] { new SampledSoftmaxOutput(Width, Classes, sampled, new SeededRandom(1)), new SampledSoftmaxOutput(new Embedding(Classes, Width, new SeededRandom(2)), sampled) })
        {
            (Parameter h, Parameter[] parameters) = Filled(layer);
            int[] drawn = new int[sampled];
            long draws = LogUniform.Draw(Classes, drawn, new SeededRandom(seed));
            Assert.Contains(Targets, target => drawn.Contains(target));
            string weights = parameters.Single(parameter => parameter.Shape.Rank == 2 && parameter != h).Name, bias = parameters.Single(parameter => parameter.Shape.Rank == 1).Name;
            double Logit(IReadOnlyDictionary<string, double[]> values, int row, int index)
            {
                double sum = values[bias][index] - Math.Log(1 - Math.Pow(1 - (Math.Log((index + 2.0) / (index + 1.0)) / Math.Log(Classes + 1.0)), draws));
                for (int i = 0; i < Width; i++)
                {
                    sum += values["h"][(row * Width) + i] * values[weights][(index * Width) + i];
                }

                return sum;
            }

            double Reference(IReadOnlyDictionary<string, double[]> values)
            {
                var losses = new List<double>();
                for (int row = 0; row < Rows; row++)
                {
                    int target = Targets[row];
                    if (target >= 0)
                    {
                        double[] logits = [Logit(values, row, target), .. drawn.Where(index => index != target).Select(index => Logit(values, row, index))];
                        losses.Add(ReferenceMath.CrossEntropy(logits, 0));
                    }
                }

                return losses.Average();
            }

            OracleDifferences.AssertAgree(parameters, tape => layer.Loss(tape, h, Targets, new SeededRandom(seed)), Reference, entries: 60, "sampled softmax");
            OracleDifferences.AssertAgree(parameters, tape => tape.Scale(layer.Loss(tape, h, Targets, new SeededRandom(seed)), 3), values => 3 * Reference(values), entries: 20, "scaled loss");
            Close.Same(Run(layer, h, parameters, 1, seed), Run(layer, h, parameters, workers, seed), $"{workers} threads");
        }
    }

    [Fact]
    public void Without_a_generator_the_sampled_softmax_is_the_exact_one()
    {
        var layer = new SampledSoftmaxOutput(Width, Classes, 6, new SeededRandom(1));
        (Parameter h, Parameter[] parameters) = Filled(layer);
        var exact = new SoftmaxOutput(Width, Classes, new SeededRandom(1));
        for (int i = 0; i < Classes; i++)
        {
            exact.Projection.Bias.Edit()[i] = parameters[^1].Values[i];
            for (int j = 0; j < Width; j++)
            {
                exact.Projection.Weights.Edit()[(j * Classes) + i] = parameters[1].Values[(i * Width) + j];
            }
        }

        var tape = new Tape(new Workers(2));
        Close.Equal(exact.Logits(tape, h).Values, layer.Logits(tape, h).Values, relative: 1e-6, absolute: 1e-6, "logits");
        Close.Equal(exact.Loss(tape, h, Targets).Values, layer.Loss(tape, h, Targets).Values, relative: 1e-6, absolute: 0, "loss");
    }

    [Fact]
    public void Classes_are_drawn_as_often_as_is_corrected_for()
    {
        const int classes = 40, sampled = 8, times = 20_000;
        var random = new SeededRandom(5);
        int[] sample = new int[sampled], seen = new int[classes];
        double[] expected = new double[classes];
        for (int i = 0; i < times; i++)
        {
            long draws = LogUniform.Draw(classes, sample, random);
            Assert.Equal(sampled, sample.Distinct().Count());
            foreach (int drawn in sample)
            {
                seen[drawn]++;
            }

            for (int k = 0; k < classes; k++)
            {
                expected[k] += Math.Exp(LogUniform.LogExpected(classes, k, draws)) / times;
            }
        }

        // The formula takes the number of draws for given, which it is not quite.
        for (int k = 0; k < classes; k++)
        {
            Assert.InRange((double)seen[k] / times / expected[k], 0.9, 1.1);
        }
    }

    [Fact]
    public void Sizes_and_targets_that_do_not_fit_are_refused()
    {
        foreach (int[] cutoffs in new int[][] { [0], [5, 5], [7, 3], [Classes] })
        {
            Assert.Contains("must ascend", Assert.Throws<ArgumentException>(() => new AdaptiveSoftmaxOutput(Width, Classes, cutoffs, new SeededRandom(1))).Message, StringComparison.Ordinal);
        }

        foreach (int sampled in new[] { 0, (Classes / 2) + 1 })
        {
            Assert.Contains("from 1 to half", Assert.Throws<ArgumentException>(() => new SampledSoftmaxOutput(Width, Classes, sampled, new SeededRandom(1))).Message, StringComparison.Ordinal);
        }

        OutputLayer[] layers = [new AdaptiveSoftmaxOutput(Width, Classes, Cutoffs, new SeededRandom(1)), new SampledSoftmaxOutput(Width, Classes, 5, new SeededRandom(1))];
        var tape = new Tape(new Workers(1));
        var h = new Tensor(new Shape(2, Width));
        foreach (OutputLayer layer in layers)
        {
            foreach (int[] targets in new int[][] { [1], [1, 2, 3], [0, Classes], [-1, -1] })
            {
                Assert.Throws<ArgumentException>(() => layer.Loss(tape, h, targets, new SeededRandom(1)));
            }

            Assert.Throws<ArgumentException>(() => layer.Loss(tape, new Tensor(new Shape(2, Width + 1)), new[] { 1, 2 }, new SeededRandom(1)));
        }
    }

    private static double LogProbability(IReadOnlyDictionary<string, double[]> values, double[] h, int target)
    {
        double LogSoftmax(string name, double[] x, int index)
        {
            double[] b = values[$"{name}.bias"];
            double[] logits = [.. Enumerable.Range(0, b.Length).Select(j => ReferenceMath.Column(x, values[$"{name}.weights"], j) + b[j])];
            return -ReferenceMath.CrossEntropy(logits, index);
        }

        if (target < Cutoffs[0])
        {
            return LogSoftmax("output.head", h, target);
        }

        int k = Cutoffs.Count(cutoff => cutoff <= target) - 1;
        string cluster = FormattableString.Invariant($"output.clusters.{k}");
        double[] c = values[$"{cluster}.projection.bias"];
        double[] narrow = [.. Enumerable.Range(0, c.Length).Select(j => ReferenceMath.Column(h, values[$"{cluster}.projection.weights"], j) + c[j])];
        return LogSoftmax("output.head", h, Cutoffs[0] + k) + LogSoftmax(cluster, narrow, target - Cutoffs[k]);
    }

    private static (Parameter H, Parameter[] All) Filled(OutputLayer layer)
    {
        var random = new SeededRandom(8);
        var h = new Parameter("h", new Shape(2, Rows / 2, Width));
        IEnumerable<Parameter> own = layer.Parameters.Count == 1 ? [((SampledSoftmaxOutput)layer).Weights, .. layer.Parameters] : layer.Parameters;
        Parameter[] all = [h, .. own];
        foreach (Parameter parameter in all)
        {
            Draw.Uniform(random, parameter.Shape.Length, -1.2, 1.2).CopyTo(parameter.Edit());
        }

        return (h, all);
    }

    private static float[] Run(OutputLayer layer, Parameter h, Parameter[] parameters, int workers, ulong? seed)
    {
        foreach (Parameter parameter in parameters)
        {
            parameter.Gradient.Clear();
        }

        var tape = new Tape(new Workers(workers));
        Tensor loss = layer.Loss(tape, h, Targets, seed is { } drawn ? new SeededRandom(drawn) : null);
        tape.Backward(loss);
        return [loss.Values[0], .. parameters.SelectMany(parameter => parameter.Gradient.ToArray())];
    }
}
