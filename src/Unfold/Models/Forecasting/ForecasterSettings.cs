namespace Unfold.Models;

/// <summary>What a forecaster puts out, and the loss that it is fitted to.</summary>
public enum ForecastOutput
{
    /// <summary>The mean: fitted to the mean of (y - p)^2. Not under a <see cref="ValueTransform"/>: the mean of logarithms, turned back, is not the mean of the values.</summary>
    Mean,

    /// <summary>The median: fitted to the mean of |y - p|, which outliers move less.</summary>
    Median,

    /// <summary>Quantiles at <see cref="ForecasterSettings.Levels"/>: fitted to the pinball loss (Koenker and Bassett, 1978).</summary>
    Quantiles,

    /// <summary>Mean and deviation of a normal distribution: fitted to its likelihood. Under a <see cref="ValueTransform"/> the transformed values are normal, and the points are the medians.</summary>
    Gaussian,
}

/// <summary>What is taken off the values of a window before the network sees them, and put back onto what it forecasts.</summary>
public enum WindowScaling
{
    /// <summary>Nothing: the network forecasts values.</summary>
    None,

    /// <summary>The last value of the window: the network forecasts changes from it, so that one that puts out 0 is the naive forecast.</summary>
    SubtractLast,

    /// <summary>The value of a season before: the network sees and forecasts changes over the season, so that one that puts out 0 is the seasonal-naive forecast.</summary>
    SubtractSeason,
}

/// <summary>
/// A function of all observed values in which the forecaster works. Forecasts are turned back: quantiles, and the median among them, stay what
/// they are, but a mean does not, so that <see cref="ForecastOutput.Mean"/> is refused.
/// </summary>
public enum ValueTransform
{
    /// <summary>The values as they are.</summary>
    None,

    /// <summary>Their roots, for counts: values of at least 0.</summary>
    SquareRoot,

    /// <summary>Their logarithms, for growth and seasons in percent: values above 0.</summary>
    Log,
}

/// <summary>The shape of a <see cref="Forecaster"/>.</summary>
public sealed record ForecasterSettings
{
    /// <summary>The steps that the network reads before it forecasts, at least 1.</summary>
    public int InputLength { get; init; } = 24;

    /// <summary>H, the steps that are forecast, all at once, at least 1.</summary>
    public int Horizon { get; init; } = 1;

    /// <summary>The variables that are forecast; all observed ones where none is named.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The recurrent part, which reads the history forward where no <see cref="SequenceEncoderSettings.Reading"/> is chosen.</summary>
    public SequenceEncoderSettings Encoder { get; init; } = new() { Hidden = 32 };

    /// <summary>What the network puts out.</summary>
    public ForecastOutput Output { get; init; } = ForecastOutput.Quantiles;

    /// <summary>The levels of the quantiles that are forecast, ascending, each above 0 and below 1, with 0.5 among them: the lowest and the highest are the ends of the interval. Not used where the output is a point.</summary>
    public IReadOnlyList<double> Levels { get; init; } = [0.1, 0.5, 0.9];

    /// <summary>What is taken off the values of a window.</summary>
    public WindowScaling Scaling { get; init; } = WindowScaling.SubtractLast;

    /// <summary>The function of the values in which the network works.</summary>
    public ValueTransform Transform { get; init; }

    /// <summary>The share of the steps, at the end of the series, that the weights are chosen on and not learned from, in [0, 1); 0 keeps the weights of the last epoch.</summary>
    public double ValidationFraction { get; init; } = 0.2;

    /// <summary>The steps between two windows that are learned from, at least 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Whether forecasts come with quantiles.</summary>
    internal bool HasLevels => Output is ForecastOutput.Quantiles or ForecastOutput.Gaussian;

    /// <summary>The values that the network puts out for one step of one target.</summary>
    internal int OutputsPerValue => Output switch
    {
        ForecastOutput.Quantiles => Levels.Count,
        ForecastOutput.Gaussian => 2,
        _ => 1,
    };

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        RequireGiven(Encoder, "recurrent part", nameof(Encoder));
        RequireGiven(Targets, "list of targets, empty for all", nameof(Targets));
        RequireGiven(Levels, "list of levels", nameof(Levels));
        Encoder.Validate();
        RequireKnown(Output);
        RequireKnown(Scaling);
        RequireKnown(Transform);
        RequireAtLeastOne(InputLength, "input length");
        RequireAtLeastOne(Horizon, "horizon");
        RequireAtLeastOne(Stride, "stride");
        if (!(ValidationFraction >= 0 && ValidationFraction < 1))
        {
            throw new UnfoldException(FormattableString.Invariant($"The validation fraction must be at least 0 and below 1; found {ValidationFraction}."));
        }

        if (Output == ForecastOutput.Mean && Transform != ValueTransform.None)
        {
            throw new UnfoldException($"A forecaster of means works in the values as they are, because a mean under the transform {Transform} is no mean when it is turned back: choose ForecastOutput.Median, Quantiles or Gaussian, or no transform.");
        }

        if (HasLevels && !(Forecast.LevelsAscend(Levels) && Levels.Contains(0.5)))
        {
            throw new UnfoldException($"The levels of a forecast ascend, lie above 0 and below 1, and have 0.5 among them; found {Shown(Levels)}.");
        }

        if (Output == ForecastOutput.Quantiles && Levels.Any(level => (float)level is 0 or 1))
        {
            throw new UnfoldException($"The levels of quantiles lie above 0 and below 1 in single precision, in which their loss is computed; found {Shown(Levels)}.");
        }

        if (Targets.Contains(null) || Targets.Distinct().Count() != Targets.Count)
        {
            throw new UnfoldException($"Each target of a forecast is named once; found {string.Join(", ", Targets)}.");
        }
    }

    private static string Shown(IReadOnlyList<double> levels) => string.Join(", ", levels.Select(level => FormattableString.Invariant($"{level}")));

    private static void RequireKnown<T>(T choice)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(choice))
        {
            throw new UnfoldException($"The {typeof(T).Name} {choice} is not known; the known ones are {string.Join(", ", Enum.GetNames<T>())}.");
        }
    }

    private static void RequireGiven(object? value, string what, string name)
    {
        if (value is null)
        {
            throw new UnfoldException($"A forecaster needs a {what}; found null: set ForecasterSettings.{name}, or leave its default.");
        }
    }

    private static void RequireAtLeastOne(int value, string name)
    {
        if (value < 1)
        {
            throw new UnfoldException($"The {name} of a forecaster must be at least 1; found {value}.");
        }
    }
}
