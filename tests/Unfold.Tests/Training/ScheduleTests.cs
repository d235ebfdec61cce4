using Unfold.Models;
using Unfold.Training;

namespace Unfold.Tests.Training;

public sealed class ScheduleTests
{
    private const double Tiny = 1e-15;

    [Fact]
    public void ConstantStaysAsItIs()
    {
        var schedule = new ConstantSchedule(0.3);
        Assert.Equal(0.3, schedule.LearningRate(0));
        Assert.Equal(0.3, schedule.LearningRate(1_000_000_000_000));
    }

    [Theory]
    [InlineData(0, 0.8)]
    [InlineData(9, 0.8)]
    [InlineData(10, 0.4)]
    [InlineData(19, 0.4)]
    [InlineData(35, 0.1)]
    public void StepFallsAtMultiples(long step, double expected) =>
        Assert.Equal(expected, new StepSchedule(0.8, factor: 0.5, every: 10).LearningRate(step), Tiny);

    [Theory]
    [InlineData(0, 0.8)]
    [InlineData(11, 0.8)]
    [InlineData(12, 0.4)]
    [InlineData(14, 0.4)]
    [InlineData(15, 0.2)]
    [InlineData(21, 0.05)]
    public void HalvingHoldsFirst(long step, double expected) =>
        Assert.Equal(expected, new HalvingSchedule(0.8, hold: 12, every: 3).LearningRate(step), Tiny);

    [Theory]
    [InlineData(13)]
    [InlineData(20)]
    [InlineData(8000)]
    [InlineData(26_000_013)]
    public void HalvingOfAnyRunEndsAfterNineHalvings(long steps)
    {
        Schedule schedule = TrainingChoices.CreateSchedule(new TrainingSettings { LearningRate = 0.8, Schedule = ScheduleKind.Halving }, steps);
        foreach (long step in (long[])[0, (4 * steps / 13) - 1, (4 * steps / 13) + 1, steps / 2, steps - 1])
        {
            // Whole thirteenths that are over, in whole numbers.
            long over = 13 * step / steps;
            Assert.Equal(0.8 * Math.Pow(0.5, Math.Max(0, over - 3)), schedule.LearningRate(step), Tiny);
        }
    }

    [Theory]
    [InlineData(0, 0.8)]
    [InlineData(5, 0.4)] // 0.25^(1/2)
    [InlineData(10, 0.2)]
    [InlineData(15, 0.1)]
    public void ExponentialFallsSmoothly(long step, double expected) =>
        Assert.Equal(expected, new ExponentialSchedule(0.8, factor: 0.25, every: 10).LearningRate(step), Tiny);

    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(1, 0.5)]
    [InlineData(3, 1.0)] // the last warm-up step
    [InlineData(4, 1.0)] // the top of the cosine
    [InlineData(6, 0.9 * 0.75 + 0.1)] // a third of the way: (1 + cos 60 degrees) / 2
    [InlineData(7, 0.55)] // half way between the rate and the floor
    [InlineData(8, 0.9 * 0.25 + 0.1)]
    [InlineData(10, 0.1)]
    [InlineData(1000, 0.1)]
    public void CosineWarmsUpAndFallsToTheFloor(long step, double expected) =>
        Assert.Equal(expected, new CosineSchedule(1, totalSteps: 10, warmUpSteps: 4, floor: 0.1).LearningRate(step), Tiny);

    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(4, 0.1)]
    [InlineData(8, 0.0)]
    public void CosineWithoutWarmUpStartsAtTheTop(long step, double expected) =>
        Assert.Equal(expected, new CosineSchedule(0.2, totalSteps: 8).LearningRate(step), Tiny);

    [Fact]
    public void CosineOfNothingButWarmUpEndsAtTheFloor()
    {
        var schedule = new CosineSchedule(0.2, totalSteps: 4, warmUpSteps: 4, floor: 0.05);
        Assert.Equal(0.2, schedule.LearningRate(3), Tiny);
        Assert.Equal(0.05, schedule.LearningRate(4), Tiny);
    }

    [Fact]
    public void PlateauFallsWhenPatienceHasRunOut()
    {
        var schedule = new PlateauSchedule(0.8, new PlateauOptions { Factor = 0.25, Patience = 1, Minimum = 0.1, Threshold = 0.1 });
        var rates = new List<double>();

        // A new best is below 0.9 times the old one; a NaN and a small gain are none.
        foreach (double loss in new[] { 10, 9.5, 8.9, double.NaN, 8.5, 8.5, 8.0, 8.0, 9.0, 9.0, 9.0 })
        {
            schedule.Observe(loss);
            rates.Add(schedule.LearningRate(rates.Count));
        }

        Assert.Equal([0.8, 0.8, 0.8, 0.8, 0.2, 0.2, 0.2, 0.2, 0.1, 0.1, 0.1], rates);
    }

    [Fact]
    public void PlateauHandlesLossesBelowZero()
    {
        var schedule = new PlateauSchedule(1, new PlateauOptions { Factor = 0.5, Patience = 0, Threshold = 0.1 });
        schedule.Observe(-1.0);
        schedule.Observe(-1.05); // not a tenth better
        Assert.Equal(0.5, schedule.LearningRate(0));
        schedule.Observe(-1.2);
        Assert.Equal(0.5, schedule.LearningRate(0));
        Assert.Equal(-1.2, schedule.State[0]);
    }

    [Fact]
    public void ARestoredPlateauGoesOnTheSameWay()
    {
        double[] losses = [3, 2.5, 2.6, 2.7, 2.55, 2.4, 2.41, 2.42, 2.43, 2.44];
        for (int cut = 0; cut <= losses.Length; cut++)
        {
            PlateauSchedule whole = Create(), first = Create(), second = Create();
            foreach (double loss in losses[..cut])
            {
                whole.Observe(loss);
                first.Observe(loss);
            }

            Assert.All(first.State, number => Assert.True(double.IsFinite(number)));
            second.Restore(first.State);
            foreach (double loss in losses[cut..])
            {
                whole.Observe(loss);
                second.Observe(loss);
                Assert.Equal(whole.LearningRate(0), second.LearningRate(0));
            }

            Assert.Equal(whole.State, second.State);
            Assert.True(whole.LearningRate(0) < 0.3, "the rate has fallen on the way");
        }

        static PlateauSchedule Create() => new(0.3, new PlateauOptions { Factor = 0.7, Patience = 1 });
    }

    [Fact]
    public void StatesThatDoNotFitAreRefused()
    {
        var plateau = new PlateauSchedule(0.3, new PlateauOptions { Patience = 2, Minimum = 0.01 });
        Assert.Throws<ArgumentException>(() => plateau.Restore([]));
        Assert.Throws<ArgumentException>(() => plateau.Restore([double.NaN, 0, 0.3]));
        Assert.Throws<ArgumentException>(() => plateau.Restore([1, 3, 0.3]));
        Assert.Throws<ArgumentException>(() => plateau.Restore([1, 0.5, 0.3]));
        Assert.Throws<ArgumentException>(() => plateau.Restore([1, 0, 0.4]));
        Assert.Throws<ArgumentException>(() => plateau.Restore([1, 0, 0.001]));
        Assert.Throws<ArgumentException>(() => new ConstantSchedule(0.1).Restore([1]));
        new ConstantSchedule(0.1).Restore([]);
    }

    [Fact]
    public void EachHasItsNameOfTheCommandLine()
    {
        Schedule[] all = [new ConstantSchedule(1), new StepSchedule(1, 0.5, 1), new ExponentialSchedule(1, 0.5, 1), new CosineSchedule(1, 1), new PlateauSchedule(1), new HalvingSchedule(1, 4, 1)];
        Assert.Equal(["constant", "step", "exponential", "cosine", "plateau", "halving"], all.Select(s => s.Name));
    }

    [Fact]
    public void ImpossibleSettingsAreRefused()
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(() => new StepSchedule(0.1, factor: 1.5, every: 10));
        Assert.Equal("step: factor must be above 0 and at most 1; found 1.5.", failure.Message);
        Assert.Throws<ArgumentException>(() => new ConstantSchedule(0));
        Assert.Throws<ArgumentException>(() => new ConstantSchedule(double.PositiveInfinity));
        Assert.Throws<ArgumentException>(() => new StepSchedule(0.1, 0.5, every: 0));
        Assert.Throws<ArgumentException>(() => new HalvingSchedule(0.1, hold: -1, every: 5));
        Assert.Throws<ArgumentException>(() => new HalvingSchedule(0.1, hold: 4, every: 0));
        Assert.Throws<ArgumentException>(() => new ExponentialSchedule(0.1, 0, every: 5));
        Assert.Throws<ArgumentException>(() => new ExponentialSchedule(0.1, 0.5, every: -1));
        Assert.Throws<ArgumentException>(() => new CosineSchedule(0.1, totalSteps: 0));
        Assert.Throws<ArgumentException>(() => new CosineSchedule(0.1, totalSteps: 5, warmUpSteps: 6));
        Assert.Throws<ArgumentException>(() => new CosineSchedule(0.1, totalSteps: 5, floor: 0.2));
        Assert.Throws<ArgumentException>(() => new PlateauSchedule(0.1, new PlateauOptions { Factor = double.NaN }));
        Assert.Throws<ArgumentException>(() => new PlateauSchedule(0.1, new PlateauOptions { Patience = -1 }));
        Assert.Throws<ArgumentException>(() => new PlateauSchedule(0.1, new PlateauOptions { Minimum = 0.2 }));
        Assert.Throws<ArgumentException>(() => new PlateauSchedule(0.1, new PlateauOptions { Threshold = 1 }));
        Assert.Throws<ArgumentException>(() => new ConstantSchedule(0.1).LearningRate(-1));
    }
}
