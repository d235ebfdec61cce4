using Unfold.Autograd;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using static Unfold.Tests.Models.Forecasting.ForecastCases;

namespace Unfold.Tests.Models.Forecasting;

public sealed class ForecasterTests
{
    [Theory]
    [MemberData(nameof(Numbers), MemberType = typeof(ForecastCases))]
    public void Loss_and_gradients_are_those_of_the_equations(int number)
    {
        Forecaster model = Loud(Forecaster.Fit(Mixed(60), Settings[number], Short));
        TimeSeries series = Mixed(40, seed: 9);
        ForecastWindow[] batch = [new(series, 13), new(series, 20), new(Mixed(50, seed: 8), 31)];
        OracleDifferences.AssertAgree(
            model.Parameters,
            tape => model.Loss(tape, batch),
            values => batch.Average(window => ReferenceForecaster.Loss(model, values, window)),
            entries: 12,
            $"the forecaster {number}");
    }

    [Theory]
    [MemberData(nameof(Numbers), MemberType = typeof(ForecastCases))]
    public void Forecasts_are_those_of_the_equations(int number)
    {
        Forecaster model = Loud(Forecaster.Fit(Mixed(60), Settings[number], Short));
        TimeSeries[] histories = [.. Enumerable.Range(10, 20).Select(Mixed(40, seed: 9).Take)];
        IReadOnlyList<Forecast> together = model.Predict(histories, new Workers(2), TestContext.Current.CancellationToken);
        Dictionary<string, double[]> values = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        for (int b = 0; b < histories.Length; b++)
        {
            (double[] points, double[][] quantiles) = ReferenceForecaster.Predict(model, values, new ForecastWindow(histories[b], histories[b].Length));
            Forecast alone = model.Predict(histories[b]);
            for (int target = 0; target < model.Targets.Count; target++)
            {
                double[] wanted = [.. points.Where((_, i) => i % model.Targets.Count == target)];
                Close.Equal(wanted, together[b].Points(target), 1e-5, 1e-5, "the points");
                Close.Equal(wanted, alone.Points(target), 1e-5, 1e-5, "the points of one alone");
                for (int level = 0; level < quantiles.Length; level++)
                {
                    Close.Equal([.. quantiles[level].Where((_, i) => i % model.Targets.Count == target)], together[b].Quantiles(level, target), 1e-5, 1e-5, $"the level {level}");
                }
            }
        }
    }

    [Fact]
    public void A_network_that_puts_out_nothing_repeats_the_last_value_or_the_last_season()
    {
        Forecast Forecast(WindowScaling scaling)
        {
            var settings = new ForecasterSettings { InputLength = 3, Horizon = 5, Output = ForecastOutput.Mean, Scaling = scaling, Encoder = Settings[0].Encoder };
            var frame = new ForecastFrame(settings, ["a", "b"], [], 3);
            var model = new Forecaster(frame, new Standardization([0, 0], [1, 1]), new Standardization([0, 0], [1, 1]), new SeededRandom(1));
            model.Parameters.Edit().Clear();
            return model.Predict(TimeSeries.Of([1, 2, 3, 4, 5, 6, 7], season: 3, name: "a").With("b", [0, 10, 0, 20, 30, 40, 50]));
        }

        Assert.Equal([7, 7, 7, 7, 7], Forecast(WindowScaling.SubtractLast).Points(0));
        Assert.Equal([50, 50, 50, 50, 50], Forecast(WindowScaling.SubtractLast).Points(1));
        Assert.Equal([5, 6, 7, 5, 6], Forecast(WindowScaling.SubtractSeason).Points(0));
        Assert.Equal([30, 40, 50, 30, 40], Forecast(WindowScaling.SubtractSeason).Points(1));
        Assert.Equal([0, 0, 0, 0, 0], Forecast(WindowScaling.None).Points(1));
    }

    [Fact]
    public void Small_changes_of_large_values_are_seen()
    {
        double[] Values(double offset) => [.. Enumerable.Range(0, 80).Select(t => offset + (t * t % 7))];
        Forecast Forecast(double offset) => Forecaster.Fit(TimeSeries.Of(Values(offset)), Settings[0] with { Targets = [] }, Short).Predict(TimeSeries.Of(Values(offset)));
        double[] near = Forecast(0).Points(), far = Forecast(1e9).Points();
        Close.Equal(near, [.. far.Select(point => point - 1e9)], 0.001, 1e-3, "the same series far from 0");
    }

    [Fact]
    public void Scales_are_those_of_the_training_part()
    {
        double[] values = [.. Enumerable.Range(0, 40).Select(t => (double)(t * t % 11)), .. Enumerable.Range(0, 10).Select(t => 1000.0 + t)];
        ForecasterSettings settings = Settings[0];
        Forecaster model = Forecaster.Fit(TimeSeries.Of(values), settings, Short);
        double[] wanted = [.. Enumerable.Range(5, 40 - 3 - 5 + 1).SelectMany(origin => values[(origin - 5)..origin])];
        double mean = wanted.Average();
        Close.Equal(mean, model.Encoder.Schema.Values!.Means[0], 1e-12, 0, "the mean of the input");
        Close.Equal(Math.Sqrt(wanted.Average(x => (x - mean) * (x - mean))), model.Encoder.Schema.Values!.Deviations[0], 1e-12, 0, "the deviation of the input");
        double[] targets = [.. Enumerable.Range(5, 40 - 3 - 5 + 1).SelectMany(origin => values[origin..(origin + 3)])];
        Close.Equal(targets.Average(), model.TargetScale.Means[0], 1e-12, 0, "the mean of the targets");
    }

    [Fact]
    public void The_weights_are_chosen_on_the_last_part_alone()
    {
        TimeSeries series = Mixed(60);
        Forecaster model = Forecaster.Fit(series, Settings[0] with { ValidationFraction = 0.25, Stride = 2 }, Short with { Epochs = 5 });
        ForecastWindow[] last = [.. new[] { 45, 47, 49, 51, 53, 55, 57 }.Select(origin => new ForecastWindow(series, origin))];
        Close.Equal(model.Loss(new Tape(new Workers(1)), last).Values[0], model.Training!.Best.Validation, 1e-5, 0, "the loss of the last quarter");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        float[] Fit(int workers) => Forecaster.Fit(Mixed(120), Settings[2] with { Encoder = new() { Cell = CellKind.Lstm, Hidden = 5, Dropout = 0.2, Reading = Reading.Forward } }, Short with { Workers = new Workers(workers) }).Parameters.Values.ToArray();
        float[] wanted = Fit(1);
        Close.Same(wanted, Fit(2), "two threads");
        Close.Same(wanted, Fit(3), "three threads");
    }

    [Fact]
    public void What_cannot_be_fitted_or_forecast_is_refused_with_a_sentence()
    {
        TimeSeries series = Mixed(60);
        void Fit(string words, ForecasterSettings settings, TimeSeries? other = null) => Refuses(words, () => Forecaster.Fit(other ?? series, settings, Short));
        Fit("horizon of a forecaster must be at least 1; found 0", new() { Horizon = 0 });
        Fit("input length of a forecaster must be at least 1; found -2", new() { InputLength = -2 });
        Fit("stride of a forecaster must be at least 1", new() { Stride = 0 });
        Fit("validation fraction must be at least 0 and below 1; found 1", new() { ValidationFraction = 1 });
        Fit("have 0.5 among them; found 0.1, 0.9", new() { Levels = [0.1, 0.9] });
        Fit("ascend", new() { Levels = [0.5, 0.1] });
        Fit("above 0", new() { Output = ForecastOutput.Gaussian, Levels = [0, 0.5] });
        Fit("single precision, in which their loss is computed; found 0.5, 0.999999999", new() { Levels = [0.5, 0.999999999] });
        Fit("single precision, in which their loss is computed; found 1E-50, 0.5", new() { Levels = [1e-50, 0.5] });
        Fit("named once", new() { Targets = ["load", "load"] });
        Fit("'wind' is not among the observed variables of the time series, which are load, heat", new() { Targets = ["wind"] });
        Fit("The training part of the time series is too short", new() { InputLength = 48 });
        Fit("The validation part of the time series is too short", new() { InputLength = 4, Horizon = 13 });
        Fit("the ForecastOutput 9 is not known".Replace("the F", "The F", StringComparison.Ordinal), new() { Output = (ForecastOutput)9 });
        Fit("choose ForecastOutput.Median, Quantiles or Gaussian", new() { Output = ForecastOutput.Mean, Transform = ValueTransform.Log });
        Fit("under the transform SquareRoot", new() { Output = ForecastOutput.Mean, Transform = ValueTransform.SquareRoot });
        Fit("set ForecasterSettings.Encoder", new() { Encoder = null! });
        Fit("set ForecasterSettings.Targets", new() { Targets = null! });
        Fit("set ForecasterSettings.Levels", new() { Levels = null! });
        Fit("needs one of at least 2 steps", new() { Scaling = WindowScaling.SubtractSeason }, TimeSeries.Of(new double[60]));
        Fit("values above 0; 'value' has 0", new() { Transform = ValueTransform.Log }, TimeSeries.Of(new double[60]));
        Fit("values of at least 0; 'value' has -1", new() { Transform = ValueTransform.SquareRoot, InputLength = 2 }, TimeSeries.Of([.. Enumerable.Repeat(-1.0, 40)]));

        Forecaster model = Forecaster.Fit(series, Settings[2], Short);
        Refuses("needs at least 7 steps of history; found 6", () => model.Predict(series.Take(6)));
        Refuses("fitted to load, heat, known ahead holiday, day sin, day cos, with a season of 4", () => model.Predict(TimeSeries.Of([1, 2, 3])));
        Refuses("for 66 steps; found 62", () => model.Predict(Mixed(60, ahead: 2)));
        Refuses("needs 6 steps after its origin 58", () => model.Loss(new Tape(new Workers(1)), [new ForecastWindow(series, 58)]));
        Refuses("after step 61 needs the steps before it; the series has 60", () => model.Loss(new Tape(new Workers(1)), [new ForecastWindow(series, 61)]));
        Refuses("after step 2147483647", () => model.Loss(new Tape(new Workers(1)), [new ForecastWindow(series, int.MaxValue)]));
        Refuses("made from a time series; found none", () => model.Loss(new Tape(new Workers(1)), [default]));
        Refuses("made from a time series; found none", () => model.Predict([series, null!]));
        model.Parameters.Edit().Fill(float.MaxValue);
        Refuses("is not a number or infinite", () => model.Predict(series));
        Assert.Empty(model.Predict(Array.Empty<TimeSeries>(), cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_history_is_read_forward_unless_both_directions_are_chosen()
    {
        Forecaster Fit(SequenceEncoderSettings encoder) => Forecaster.Fit(Mixed(60), Settings[0] with { Encoder = encoder }, Short);
        Forecaster model = Fit(new() { Hidden = 3 });
        Assert.Equal(Reading.Forward, model.Settings.Encoder.Reading);
        Assert.Equal(3, model.Encoder.OutputSize);
        Close.Same(Fit(new() { Hidden = 3, Reading = Reading.Forward }).Parameters.Values, model.Parameters.Values, "the same by name");
        Assert.Equal(6, Fit(new() { Hidden = 3, Reading = Reading.Bidirectional }).Encoder.OutputSize);
    }

    [Fact]
    public void A_value_out_of_all_range_is_refused()
    {
        Forecaster model = Forecaster.Fit(TimeSeries.Of([.. Enumerable.Range(0, 60).Select(t => t % 5 / 1e30)]), Settings[0], Short);
        Refuses("too far from those of the training part", () => model.Predict(TimeSeries.Of([0, 0, 0, 1e30, 0])));
    }

    [Fact]
    public void A_constant_series_is_forecast_as_it_is()
    {
        foreach (ForecastOutput output in Enum.GetValues<ForecastOutput>())
        {
            TimeSeries series = TimeSeries.Of([.. Enumerable.Repeat(7.0, 60)]);
            Forecaster model = Forecaster.Fit(series, new() { InputLength = 4, Output = output, Encoder = Settings[0].Encoder }, Short with { Epochs = 30 });
            Close.Equal(7, model.Predict(series).Points()[0], 0.009, 0.3, $"{output}");
        }
    }

    [Fact]
    public void Normal_quantiles_are_right_in_the_middle_and_in_the_tails()
    {
        double[] levels = [1e-20, 1e-10, 0.001, 0.05, 0.1, 0.4, 0.5, 0.6, 0.9, 0.975, 0.999];
        double[] wanted =
        [
            -9.262340089798408, -6.361340902404056, -3.090232306167813, -1.6448536269514729, -1.2815515655446004, -0.2533471031357997, 0,
            0.2533471031357997, 1.2815515655446008, 1.9599639845400540, 3.090232306167813,
        ];
        Close.Equal(wanted, [.. levels.Select(NormalQuantile.Of)], 1e-14, 1e-15, "the quantiles");
    }

    private static Forecaster Loud(Forecaster model)
    {
        var random = new SeededRandom(3);
        foreach (Parameter parameter in model.Parameters)
        {
            Draw.Uniform(random, parameter.Shape.Length, -0.7, 0.7).CopyTo(parameter.Edit());
        }

        return model;
    }
}
