using Unfold.Models;
using static Unfold.Tests.Models.Forecasting.ForecastCases;

namespace Unfold.Tests.Models.Forecasting;

public sealed class TimeSeriesTests
{
    [Fact]
    public void The_first_steps_are_what_was_known_then()
    {
        TimeSeries series = TimeSeries.Of([1, 2, 3, 4, 5], season: 2, name: "a").With("b", [6, 7, 8, 9, 10]).WithKnown("c", [0, 1, 0, 1, 0, 1, 0]);
        TimeSeries first = series.Take(3);
        Assert.Equal((3, 7, 2), (first.Length, first.KnownLength, first.Season));
        Assert.Equal([1, 2, 3], first.Values("a").ToArray());
        Assert.Equal([6, 7, 8], first.Values("b").ToArray());
        TimeSeries last = first.TakeLast(2);
        Assert.Equal((2, 6), (last.Length, last.KnownLength));
        Assert.Equal([2, 3], last.Values("a").ToArray());
        Assert.Equal([7, 8], last.Values("b").ToArray());
        Assert.Equal([1, 0, 1, 0, 1, 0], last.Known(0).ToArray());
        Assert.Equal(["a", "b"], last.Names);
        Assert.Equal(["c"], last.KnownNames);
    }

    [Fact]
    public void A_cycle_is_known_ahead()
    {
        TimeSeries series = TimeSeries.Of([1, 2, 3]).WithCycle("day", 4, ahead: 3);
        Assert.Equal(["day sin", "day cos"], series.KnownNames);
        Assert.Equal(6, series.KnownLength);
        Support.Close.Equal([0, 1, 0, -1, 0, 1], series.Known(0), 0, 1e-12, "sine");
        Support.Close.Equal([1, 0, -1, 0, 1, 0], series.Known(1), 0, 1e-12, "cosine");
    }

    [Fact]
    public void A_cycle_of_a_later_part_starts_where_that_part_does()
    {
        TimeSeries whole = TimeSeries.Of([1, 2, 3, 4, 5, 6, 7]).WithCycle("day", 5, ahead: 2);
        TimeSeries part = TimeSeries.Of([4, 5, 6, 7]).WithCycle("day", 5, ahead: 2, start: 3);
        Support.Close.Equal(whole.Known(0)[3..], part.Known(0), 0, 1e-12, "sine");
        Support.Close.Equal(whole.Known(1)[3..], part.Known(1), 0, 1e-12, "cosine");
        Support.Close.Equal(whole.TakeLast(4).Known(0), part.Known(0), 0, 1e-12, "sine of the last steps");
    }

    [Fact]
    public void What_the_caller_changes_later_changes_no_series()
    {
        double[] values = [1, 2, 3];
        TimeSeries series = TimeSeries.Of(values);
        values[0] = 9;
        Assert.Equal(1, series.Values("value")[0]);
    }

    [Fact]
    public void A_series_that_cannot_be_is_refused_with_a_sentence()
    {
        TimeSeries series = TimeSeries.Of([1, 2, 3], name: "a");
        Refuses("at least one step; found none", () => TimeSeries.Of([]));
        Refuses("season of the time series 'value' must be at least one step; found 0", () => TimeSeries.Of([1], season: 0));
        Refuses("'value' is NaN at step 1", () => TimeSeries.Of([1, double.NaN]));
        Refuses("'b' is Infinity at step 0", () => series.With("b", [double.PositiveInfinity, 1, 2]));
        Refuses("'a' has 3 steps, and 'b' has 2", () => series.With("b", [1, 2]));
        Refuses("for each of the 3 steps of the series at least; 'b' has 2", () => series.WithKnown("b", [1, 2]));
        Refuses("a variable 'a' already", () => series.With("a", [1, 2, 3]));
        Refuses("a variable 'a' already", () => series.WithKnown("a", [1, 2, 3]));
        Refuses("no variable 'b'; its variables are a", () => series.Values("b"));
        Refuses("a period above 0", () => series.WithCycle("day", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => series.Take(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => series.TakeLast(0));
    }
}
