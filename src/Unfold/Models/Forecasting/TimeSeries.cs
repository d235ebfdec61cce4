namespace Unfold.Models;

/// <summary>
/// One or several variables at equally spaced steps, and beside them what is known ahead of time, as the calendar is: known
/// variables may go on past the last observed step. A series does not change; each method returns another.
/// </summary>
public sealed class TimeSeries
{
    private readonly Column[] _observed;
    private readonly Column[] _known;

    private TimeSeries(Column[] observed, Column[] known, int length, int season)
    {
        (_observed, _known, Length, Season) = (observed, known, length, season);
        Names = [.. observed.Select(column => column.Name)];
        KnownNames = [.. known.Select(column => column.Name)];
        KnownLength = known.Length == 0 ? length : known.Min(column => column.Values.Length);
    }

    /// <summary>The number of observed steps, at least 1.</summary>
    public int Length { get; }

    /// <summary>The steps after which the series comes to the same season again; 1 for none.</summary>
    public int Season { get; }

    /// <summary>The names of the observed variables.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The names of the variables that are known ahead.</summary>
    public IReadOnlyList<string> KnownNames { get; }

    /// <summary>The number of steps for which all known variables are given, at least <see cref="Length"/>.</summary>
    public int KnownLength { get; }

    /// <summary>A series of one variable.</summary>
    /// <param name="values">A finite number a step, at least one; they are copied.</param>
    /// <param name="season">The steps after which the same season comes again, at least 1; 1 for none.</param>
    /// <param name="name">What the variable is called.</param>
    /// <exception cref="UnfoldException">There is no value, one is not a number or infinite, or the season is below 1.</exception>
    public static TimeSeries Of(ReadOnlySpan<double> values, int season = 1, string name = "value")
    {
        Column column = Take(values, name);
        if (values.IsEmpty)
        {
            throw new UnfoldException($"The time series '{name}' needs at least one step; found none.");
        }

        return season >= 1
            ? new TimeSeries([column], [], values.Length, season)
            : throw new UnfoldException($"The season of the time series '{name}' must be at least one step; found {season}.");
    }

    /// <summary>This series with a further observed variable.</summary>
    /// <param name="name">What it is called, unlike all others.</param>
    /// <param name="values">As many finite numbers as the series has steps; they are copied.</param>
    /// <exception cref="UnfoldException">The lengths differ, a value is not a number or infinite, or the name is taken.</exception>
    public TimeSeries With(string name, ReadOnlySpan<double> values)
    {
        RequireNew(name);
        Column column = Take(values, name);
        return values.Length == Length
            ? new TimeSeries([.. _observed, column], _known, Length, Season)
            : throw new UnfoldException($"All observed variables of a time series have one length; '{_observed[0].Name}' has {Length} steps, and '{name}' has {values.Length}.");
    }

    /// <summary>This series with a variable that is known ahead, such as a holiday or a price that has been set.</summary>
    /// <param name="name">What it is called, unlike all others.</param>
    /// <param name="values">A finite number for each step of the series and, to forecast past its end, for the steps after it; they are copied.</param>
    /// <exception cref="UnfoldException">There are fewer values than steps, one is not a number or infinite, or the name is taken.</exception>
    public TimeSeries WithKnown(string name, ReadOnlySpan<double> values)
    {
        RequireNew(name);
        Column column = Take(values, name);
        return values.Length >= Length
            ? new TimeSeries(_observed, [.. _known, column], Length, Season)
            : throw new UnfoldException($"A variable that is known ahead has a value for each of the {Length} steps of the series at least; '{name}' has {values.Length}.");
    }

    /// <summary>This series with the place in a cycle as two known variables, sin(2 pi t / period) and cos(2 pi t / period) of step t, which is <paramref name="start"/> for the first step of this series.</summary>
    /// <param name="name">What the cycle is called: its variables are "name sin" and "name cos".</param>
    /// <param name="period">The steps of the cycle, above 0; need not be whole.</param>
    /// <param name="ahead">The steps after the end of the series for which it is given, at least 0.</param>
    /// <param name="start">
    /// The place of the first step in the cycle. A series that begins later than the one that a model was fitted to, as newer history does, starts as
    /// many steps later: otherwise its seasons are taken for others.
    /// </param>
    /// <exception cref="UnfoldException">The period or the number of steps is out of range, or a name is taken.</exception>
    public TimeSeries WithCycle(string name, double period, int ahead = 0, long start = 0)
    {
        if (!(period > 0 && double.IsFinite(period)) || ahead < 0)
        {
            throw new UnfoldException(FormattableString.Invariant($"The cycle '{name}' needs a period above 0 and no steps ahead or more; found {period} and {ahead}."));
        }

        int length = Math.Max(KnownLength, checked(Length + ahead));
        double[] sine = new double[length], cosine = new double[length];
        for (int t = 0; t < length; t++)
        {
            (sine[t], cosine[t]) = Math.SinCos(Math.Tau * ((start + t) % period) / period);
        }

        return WithKnown($"{name} sin", sine).WithKnown($"{name} cos", cosine);
    }

    /// <summary>The first steps of this series, as what was known then: known variables go on past them.</summary>
    /// <param name="length">The number of observed steps, 1 to <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many steps.</exception>
    public TimeSeries Take(int length)
    {
        if (length < 1 || length > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, $"The time series has {Length} steps: 1 to {Length} of them can be taken.");
        }

        return new TimeSeries(_observed, _known, length, Season);
    }

    /// <summary>
    /// The last steps of this series. Its known variables go with it, cycles in their phase; but a cycle that is added afterwards begins at its
    /// own first step unless <see cref="WithCycle"/> is given another start.
    /// </summary>
    /// <param name="length">The number of observed steps, 1 to <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many steps.</exception>
    public TimeSeries TakeLast(int length)
    {
        if (length < 1 || length > Length)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, $"The time series has {Length} steps: 1 to {Length} of them can be taken.");
        }

        int start = Length - length;
        Column From(Column column) => column with { Values = column.Values[start..] };
        return new TimeSeries([.. _observed.Select(From)], [.. _known.Select(From)], length, Season);
    }

    /// <summary>The values of an observed variable.</summary>
    /// <exception cref="UnfoldException">There is none of that name.</exception>
    public ReadOnlySpan<double> Values(string name) => Observed(IndexOf(name));

    /// <summary>The observed values of a variable, by its place.</summary>
    internal ReadOnlySpan<double> Observed(int variable) => _observed[variable].Values.Span[..Length];

    /// <summary>The values of a known variable, by its place, with those past the end.</summary>
    internal ReadOnlySpan<double> Known(int variable) => _known[variable].Values.Span;

    /// <summary>The place of an observed variable.</summary>
    internal int IndexOf(string name)
    {
        int index = Array.FindIndex(_observed, column => column.Name == name);
        return index >= 0
            ? index
            : throw new UnfoldException($"The time series has no variable '{name}'; its variables are {string.Join(", ", Names)}.");
    }

    private static Column Take(ReadOnlySpan<double> values, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        for (int t = 0; t < values.Length; t++)
        {
            if (!double.IsFinite(values[t]))
            {
                throw new UnfoldException(FormattableString.Invariant($"A time series holds finite numbers only; '{name}' is {values[t]} at step {t}: fill gaps before."));
            }
        }

        return new Column(name, values.ToArray());
    }

    private void RequireNew(string name)
    {
        if (_observed.Concat(_known).Any(column => column.Name == name))
        {
            throw new UnfoldException($"The time series has a variable '{name}' already: each has a name of its own.");
        }
    }

    private sealed record Column(string Name, ReadOnlyMemory<double> Values);
}
