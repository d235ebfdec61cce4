using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Training;

namespace Unfold.Tests.Models.Fitting;

/// <summary>The loop over epochs on a model of one weight, whose losses can be worked out by hand.</summary>
public sealed class FitterTests
{
    private readonly Parameter _weight = new("weight", new Shape(1));
    private readonly ParameterSet _parameters;

    public FitterTests() => _parameters = new ParameterSet([_weight]);

    [Fact]
    public void Plain_descent_takes_the_steps_that_are_worked_out_by_hand()
    {
        // (w - 4)^2 with rate 0.25: each update halves the distance, 4, 2, 1.
        FitResult result = Fitter().Run([4], null, Options with { Epochs = 3, LearningRate = 0.25 });
        Assert.Equal([16.0, 4, 1], result.Epochs.Select(epoch => epoch.Training));
        Assert.All(result.Epochs, epoch => Assert.True(double.IsNaN(epoch.Validation)));
        Assert.Equal(3.5f, _weight.Values[0]);
        Assert.Equal((3, 1.0), (result.BestEpoch, result.Best.Training));
    }

    [Fact]
    public void The_weights_of_the_lowest_validation_loss_are_kept()
    {
        // The weight goes 2, 3, 3.5 towards 4; the validation wants 2.9.
        FitResult result = Fitter().Run([4], [2.9f], Options with { Epochs = 3, LearningRate = 0.25 });
        Support.Close.Equal([0.81, 0.01, 0.36], result.Epochs.Select(epoch => epoch.Validation).ToArray(), 1e-5, 1e-6, "the validation losses");
        Assert.Equal((2, 3f), (result.BestEpoch, _weight.Values[0]));
    }

    [Theory]
    [InlineData(0, 20, 2)]
    [InlineData(1, 3, 2)]
    [InlineData(4, 6, 2)]
    public void The_run_ends_when_patience_has_run_out(int patience, int epochs, int best)
    {
        FitResult result = Fitter().Run([4], [2.9f], Options with { Epochs = 20, LearningRate = 0.25, Patience = patience });
        Assert.Equal((epochs, best, 3f), (result.Epochs.Count, result.BestEpoch, _weight.Values[0]));
    }

    [Fact]
    public void Without_validation_nothing_ends_the_run_early()
    {
        // A rate of 1 jumps from 0 to 8 and back, and never improves.
        FitResult result = Fitter().Run([4], null, Options with { Epochs = 6, LearningRate = 1 });
        Assert.Equal((6, 6), (result.Epochs.Count, result.BestEpoch));
        Refuses("there are no validation examples: give some, or set Patience to 0", Options with { Patience = 1 });
    }

    [Fact]
    public void A_batch_may_be_as_large_as_there_are_numbers()
    {
        FitResult result = Fitter().Run([4, 6], null, Options with { Epochs = 3, BatchSize = int.MaxValue });
        Assert.Equal((3, ((4.0 * 4) + (6 * 6)) / 2), (result.Epochs.Count, result.Epochs[0].Training));
    }

    [Fact]
    public void Every_batch_is_looked_at_before_one_is_computed()
    {
        var seen = new List<int>();
        var fitter = new Fitter<float>
        {
            Model = "weight",
            Choices = () => [],
            Parameters = _parameters,
            Loss = (_, _, _) => throw new InvalidOperationException("Computed."),
            Length = _ => 1,
            Weight = _ => 1,
            RequireBatch = batch =>
            {
                seen.Add(batch.Count);
                if (batch.Contains(9))
                {
                    throw new UnfoldException("Nine is too many.");
                }
            },
        };
        Assert.Contains("Nine", Assert.Throws<UnfoldException>(() => fitter.Run([1, 2, 3, 4, 9], null, Options with { BatchSize = 2 })).Message, StringComparison.Ordinal);
        Assert.Contains("Nine", Assert.Throws<UnfoldException>(() => fitter.Run([1], [2, 9], Options with { BatchSize = 2 })).Message, StringComparison.Ordinal);
        Assert.Equal(2, seen[^1]);
    }

    [Fact]
    public void A_mean_counts_each_example_by_its_targets()
    {
        // The loss of a batch is given; two batches of one example that weigh 1 and 3.
        var fitter = new Fitter<float>
        {
            Model = "weight",
            Choices = () => [],
            Parameters = _parameters,
            Loss = (tape, batch, _) => tape.Add(tape.Scale(_weight, 0), new Tensor(new Shape(1), [batch[0]])),
            Length = _ => 1,
            Weight = example => example > 5 ? 3 : 1,
        };
        FitResult result = fitter.Run([2, 10], [2, 10, 10], Options with { Epochs = 1, BatchSize = 1 });
        Assert.Equal((2 + (3 * 10)) / 4.0, result.Epochs[0].Training, 1e-12);
        Assert.Equal((2 + (6 * 10)) / 7.0, result.Epochs[0].Validation, 1e-12);
    }

    [Fact]
    public void Every_example_comes_once_an_epoch_in_batches_of_about_one_length_and_in_another_order_each_time()
    {
        var seen = new List<float[]>();
        var fitter = new Fitter<float>
        {
            Model = "weight",
            Choices = () => [],
            Parameters = _parameters,
            Loss = (tape, batch, random) =>
            {
                Assert.NotNull(random);
                seen.Add([.. batch]);
                return tape.Sum(_weight);
            },
            Length = example => (int)example % 10,
            Weight = _ => 1,
        };
        float[] examples = [.. Enumerable.Range(0, 103).Select(i => (float)i)];
        fitter.Run(examples, null, Options with { Epochs = 2, BatchSize = 8 });
        Assert.Equal(26, seen.Count);
        float[] first = [.. seen.Take(13).SelectMany(batch => batch)], second = [.. seen.Skip(13).SelectMany(batch => batch)];
        Assert.Equal(examples, first.Order());
        Assert.Equal(examples, second.Order());
        Assert.NotEqual(first, second);
        Assert.All(seen, batch => Assert.True(batch.Max(x => x % 10) - batch.Min(x => x % 10) <= 2, $"Lengths from {batch.Min(x => x % 10)} to {batch.Max(x => x % 10)} came together."));
        Assert.NotEqual(seen.Take(13).OrderBy(batch => batch[0] % 10), seen.Take(13));
    }

    [Fact]
    public void Progress_tells_where_the_run_is()
    {
        var told = new List<FitProgress>();
        Fitter().Run([4, 4, 4], [2.9f], Options with { Epochs = 2, BatchSize = 2, LearningRate = 0.25, Progress = told.Add });
        Assert.Equal([(1, 0.5), (1, 1.0), (2, 0.5), (2, 1.0)], told.Select(progress => (progress.Epoch, progress.Done)));
        Assert.All(told, progress => Assert.Equal(2, progress.Epochs));
        Assert.True(double.IsNaN(told[1].ValidationLoss));
        Assert.Equal(0.01, told[2].ValidationLoss, 1e-6);

        // Of three examples, the one in a batch of its own weighs a third.
        Assert.Contains(told[1].TrainingLoss, (double[])[((2 * 16) + 4) / 3.0, (16 + (2 * 4)) / 3.0]);
    }

    [Fact]
    public void A_run_stops_between_two_updates()
    {
        using var source = new CancellationTokenSource();
        int updates = 0;
        FitOptions options = Options with
        {
            Epochs = 5,
            Cancellation = source.Token,
            Progress = _ =>
            {
                if (++updates == 3)
                {
                    source.Cancel();
                }
            },
        };
        Assert.Throws<OperationCanceledException>(() => Fitter().Run([4], null, options));
        Assert.Equal(3, updates);
    }

    /// <summary>The weight goes 2, 3, 3.5 towards 4, an update for each example; the validation wants 2.9.</summary>
    [Theory]
    [InlineData(1, 1, false, 1, 1, 2f)]
    [InlineData(1, 3, false, 3, 3, 3.5f)]
    [InlineData(2, 3, false, 2, 2, 3.5f)]
    [InlineData(1, 1, true, 1, 1, 2f)]
    [InlineData(1, 3, true, 2, 2, 3f)]
    [InlineData(2, 3, true, 1, 1, 3f)]
    public void A_run_that_is_stopped_keeps_the_best_validated_weights_or_the_present_ones(int examples, int updates, bool validates, int epochs, int best, float weight)
    {
        FitResult result = Stopped(examples, updates, validates ? [2.9f] : null);
        Assert.Equal((epochs, best, weight, true), (result.Epochs.Count, result.BestEpoch, _weight.Values[0], result.Stopped));
        Assert.Equal(!double.IsFinite(result.Best.Validation) && (updates % examples != 0 || validates), result.OfPart);
        Assert.All(result.Epochs, epoch => Assert.True(double.IsFinite(epoch.Training)));
        Assert.Equal(validates && updates > 1, double.IsFinite(result.Best.Validation));
    }

    [Fact]
    public void A_run_that_is_stopped_before_its_first_update_has_nothing_to_keep()
    {
        Assert.Throws<OperationCanceledException>(() => Fitter().Run([4], [2.9f], Options with { Stopping = new CancellationToken(canceled: true) }));
        Assert.Equal(0, _weight.Values[0]);
        Assert.False(Fitter().Run([4], null, Options with { Epochs = 1 }).Stopped);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run()
    {
        DivergenceException failure = Assert.Throws<DivergenceException>(() => Fitter().Run([4, float.NaN], null, Options with { BatchSize = 1 }));
        Assert.InRange(failure.Step, 1, 2);
        Assert.True(float.IsFinite(_weight.Values[0]));
    }

    [Fact]
    public void A_validation_loss_that_is_no_number_stops_the_run()
    {
        Assert.Throws<DivergenceException>(() => Fitter().Run([4], [float.NaN], Options));
    }

    [Fact]
    public void Weights_that_left_single_precision_are_not_kept()
    {
        // The step goes beyond 3.4e38; the next one would find that out, but the run is stopped before.
        using var source = new CancellationTokenSource();
        bool kept = false;
        FitOptions options = Options with { LearningRate = 3e38, Stopping = source.Token, Progress = _ => source.Cancel(), Keep = _ => kept = true };
        Assert.Throws<DivergenceException>(() => Fitter().Run([4], null, options));
        Assert.False(kept);
    }

    [Fact]
    public void Options_out_of_range_and_empty_parts_are_refused()
    {
        Refuses("number of epochs must be at least 1; found 0", Options with { Epochs = 0 });
        Refuses("batch size must be at least 1; found -1", Options with { BatchSize = -1 });
        Refuses("learning rate", Options with { LearningRate = double.NaN });
        Refuses("clipping norm", Options with { ClipNorm = -1 });
        Refuses("patience", Options with { Patience = -2 });
        Assert.Contains("at least one training example", Assert.Throws<UnfoldException>(() => Fitter().Run([], null, Options)).Message, StringComparison.Ordinal);
        Assert.Contains("at least one validation example", Assert.Throws<UnfoldException>(() => Fitter().Run([1], [], Options)).Message, StringComparison.Ordinal);
    }

    private FitResult Stopped(int examples, int afterUpdates, float[]? validation)
    {
        using var source = new CancellationTokenSource();
        int updates = 0;
        FitOptions options = Options with
        {
            Epochs = 5,
            BatchSize = 1,
            LearningRate = 0.25,
            Stopping = source.Token,
            Progress = _ =>
            {
                if (++updates == afterUpdates)
                {
                    source.Cancel();
                }
            },
        };
        return Fitter().Run([.. Enumerable.Repeat(4f, examples)], validation, options);
    }

    private static FitOptions Options => new() { Optimizer = OptimizerKind.Sgd, ClipNorm = 0, Workers = new Workers(1) };

    /// <summary>The mean of (w - example)^2.</summary>
    private Fitter<float> Fitter() => new()
    {
        Model = "weight",
        Choices = () => [],
        Parameters = _parameters,
        Loss = (tape, batch, _) =>
        {
            var ones = new Tensor(new Shape(1, batch.Count), [.. batch.Select(_ => 1f)]);
            Tensor repeated = tape.MatrixProduct(tape.SelectRows(_weight, [0]), ones);
            return tape.MeanSquaredError(repeated, new Tensor(repeated.Shape, [.. batch]));
        },
        Length = _ => 1,
        Weight = _ => 1,
    };

    private void Refuses(string words, FitOptions options) =>
        Assert.Contains(words, Assert.Throws<UnfoldException>(() => Fitter().Run([4], null, options)).Message, StringComparison.OrdinalIgnoreCase);
}
