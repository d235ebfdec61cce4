namespace Unfold.Models;

/// <summary>
/// How a forecaster looks at a series: which variables, which steps, and what is taken off them. All arithmetic is in double
/// precision, so that small changes of large values are not lost.
/// </summary>
internal sealed class ForecastFrame
{
    private readonly int[] _targets;

    public ForecastFrame(ForecasterSettings settings, IReadOnlyList<string> names, IReadOnlyList<string> knownNames, int season)
    {
        settings.Validate();
        settings = settings with { Encoder = settings.Encoder.ReadsUnlessChosen(Reading.Forward) };
        (Settings, Names, KnownNames, Season) = (settings, names, knownNames, season);
        Targets = settings.Targets.Count == 0 ? names : settings.Targets;
        _targets = [.. Targets.Select(target => names.ToList().IndexOf(target))];
        int missing = Array.IndexOf(_targets, -1);
        if (missing >= 0)
        {
            throw new UnfoldException($"The target '{Targets[missing]}' is not among the observed variables of the time series, which are {string.Join(", ", names)}.");
        }

        if (settings.Scaling == WindowScaling.SubtractSeason && season < 2)
        {
            throw new UnfoldException("To subtract the season (WindowScaling.SubtractSeason) the time series needs one of at least 2 steps; found none: give it to TimeSeries.Of, or choose another scaling.");
        }
    }

    public ForecasterSettings Settings { get; }

    public IReadOnlyList<string> Names { get; }

    public IReadOnlyList<string> KnownNames { get; }

    public IReadOnlyList<string> Targets { get; }

    public int Season { get; }

    /// <summary>The variables of a step of the input: the observed ones, then the known ones.</summary>
    public int InputWidth => Names.Count + KnownNames.Count;

    /// <summary>The values that are forecast: step by step, and within a step by target.</summary>
    public int TargetCount => Settings.Horizon * Targets.Count;

    /// <summary>The known values of all steps that are forecast.</summary>
    public int KnownCount => Settings.Horizon * KnownNames.Count;

    /// <summary>The fewest steps that must be known to forecast.</summary>
    public int Earliest => (int)Math.Min(int.MaxValue, Settings.Scaling == WindowScaling.SubtractSeason ? (long)Settings.InputLength + Season : Settings.InputLength);

    /// <summary>Throws unless a series has the variables that the model was fitted to, and all that a forecast from an origin needs.</summary>
    public void Require(ForecastWindow window)
    {
        TimeSeries series = window.Series ?? throw new UnfoldException("A forecast is made from a time series; found none.");
        if (!series.Names.SequenceEqual(Names) || !series.KnownNames.SequenceEqual(KnownNames) || series.Season != Season)
        {
            throw new UnfoldException($"The time series has the variables {Describe(series.Names, series.KnownNames, series.Season)}; the forecaster was fitted to {Describe(Names, KnownNames, Season)}.");
        }

        if (window.Origin < Earliest)
        {
            throw new UnfoldException($"A forecast with an input length of {Settings.InputLength}{(Earliest > Settings.InputLength ? $" and a season of {Season}" : "")} needs at least {Earliest} steps of history; found {window.Origin}.");
        }

        if (window.Origin > series.Length)
        {
            throw new UnfoldException($"A forecast after step {window.Origin} needs the steps before it; the series has {series.Length}.");
        }

        if (KnownNames.Count > 0 && series.KnownLength < (long)window.Origin + Settings.Horizon)
        {
            throw new UnfoldException($"A forecast of {Settings.Horizon} steps after step {window.Origin} needs the variables that are known ahead ({string.Join(", ", KnownNames)}) for {(long)window.Origin + Settings.Horizon} steps; found {series.KnownLength}.");
        }
    }

    /// <summary>The windows whose forecast steps lie between two places of a series.</summary>
    /// <exception cref="UnfoldException">There is none.</exception>
    public IReadOnlyList<ForecastWindow> Windows(TimeSeries series, int start, int end, int stride, string part)
    {
        List<ForecastWindow> windows = [];
        for (long origin = start; origin + Settings.Horizon <= end; origin += stride)
        {
            windows.Add(new ForecastWindow(series, (int)origin));
        }

        return windows.Count > 0
            ? windows
            : throw new UnfoldException(FormattableString.Invariant($"The {part} part of the time series is too short: a forecast of {Settings.Horizon} steps after {Earliest} of history needs to end by its step {end} of {series.Length}, and would begin at step {start}; give a longer series, or lower the input length, the horizon or the validation fraction ({Settings.ValidationFraction})."));
    }

    /// <summary>The input of a window: its steps one after the other, each the observed variables less what is taken off, then the known ones.</summary>
    public double[] Input(ForecastWindow window)
    {
        int length = Settings.InputLength, first = window.Origin - length, width = InputWidth;
        double[] rows = new double[length * width];
        for (int variable = 0; variable < Names.Count; variable++)
        {
            ReadOnlySpan<double> values = window.Series.Observed(variable);
            double last = Settings.Scaling == WindowScaling.SubtractLast ? Transformed(values[window.Origin - 1], variable) : 0;
            for (int t = 0; t < length; t++)
            {
                double taken = Settings.Scaling == WindowScaling.SubtractSeason ? Transformed(values[first + t - Season], variable) : last;
                rows[(t * width) + variable] = Transformed(values[first + t], variable) - taken;
            }
        }

        for (int variable = 0; variable < KnownNames.Count; variable++)
        {
            ReadOnlySpan<double> values = window.Series.Known(variable);
            for (int t = 0; t < length; t++)
            {
                rows[(t * width) + Names.Count + variable] = values[first + t];
            }
        }

        return rows;
    }

    /// <summary>What is known of the steps that are forecast, step by step.</summary>
    public double[] Known(ForecastWindow window)
    {
        double[] values = new double[KnownCount];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = window.Series.Known(i % KnownNames.Count)[window.Origin + (i / KnownNames.Count)];
        }

        return values;
    }

    /// <summary>What the network is to put out, before it is standardized: the values that came, less what is taken off.</summary>
    public double[] Wanted(ForecastWindow window)
    {
        double[] values = Taken(window);
        for (int i = 0; i < values.Length; i++)
        {
            int variable = _targets[i % _targets.Length];
            values[i] = Transformed(window.Series.Observed(variable)[window.Origin + (i / _targets.Length)], variable) - values[i];
        }

        return values;
    }

    /// <summary>What is taken off the values of the steps that are forecast.</summary>
    public double[] Taken(ForecastWindow window)
    {
        double[] values = new double[TargetCount];
        for (int i = 0; i < values.Length && Settings.Scaling != WindowScaling.None; i++)
        {
            int variable = _targets[i % _targets.Length], step = i / _targets.Length;
            int place = Settings.Scaling == WindowScaling.SubtractLast ? window.Origin - 1 : window.Origin - Season + (step % Season);
            values[i] = Transformed(window.Series.Observed(variable)[place], variable);
        }

        return values;
    }

    /// <summary>Turns a transformed value back; monotone, so that a quantile stays one.</summary>
    public double Back(double value) => Settings.Transform switch
    {
        ValueTransform.SquareRoot => value > 0 ? value * value : 0,
        ValueTransform.Log => Math.Exp(value),
        _ => value,
    };

    private double Transformed(double value, int variable) => Settings.Transform switch
    {
        ValueTransform.SquareRoot when value >= 0 => Math.Sqrt(value),
        ValueTransform.Log when value > 0 => Math.Log(value),
        ValueTransform.None => value,
        _ => throw new UnfoldException(FormattableString.Invariant($"The transform {Settings.Transform} is for values {(Settings.Transform == ValueTransform.Log ? "above 0" : "of at least 0")}; '{Names[variable]}' has {value}.")),
    };

    private static string Describe(IReadOnlyList<string> names, IReadOnlyList<string> known, int season) =>
        $"{string.Join(", ", names)}{(known.Count == 0 ? "" : $", known ahead {string.Join(", ", known)}")}, with a season of {season}";
}
