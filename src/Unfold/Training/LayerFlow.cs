using System.Globalization;

namespace Unfold.Training;

/// <summary>How the gradient of a loss fares in one recurrent layer on its way back through time.</summary>
public sealed class LayerFlow
{
    // Numbers below have fewer digits, so their decay is not that of the layer.
    private const double SmallestNormal = 1.17549435e-38;
    private const double NearlyNothing = 1e-25;
    private const double Hundredfold = 100, Tenfold = 10;
    private const int FewestDistances = 3;

    private readonly int _first, _end;

    internal LayerFlow(string name, IReadOnlyList<double> norms, IReadOnlyList<double> memoryNorms)
    {
        (Name, Norms, MemoryNorms) = (name, norms, memoryNorms);
        (_first, _end) = Range(norms);
        Factor = Fit(_first, _end);
        Reading = Read();
    }

    /// <summary>The name of the layer's cell.</summary>
    public string Name { get; }

    /// <summary>
    /// ||dL/dh_k|| by the distance of k from the last step: place 0 is the last step itself. The root of the mean over the
    /// sequences that are long enough of the squared norm; h_k is the layer's output, and all ways from it to the loss count. L is the loss as it is
    /// given: where it is a mean over B sequences, the gradient of a sequence's own loss is B times as large.
    /// </summary>
    public IReadOnlyList<double> Norms { get; }

    /// <summary>The same of the part of the state that is not output (the c of an LSTM), by the ways that do not lead over h_k; empty where there is none.</summary>
    public IReadOnlyList<double> MemoryNorms { get; }

    /// <summary>
    /// r, by which the norm changes a step: exp of the slope of a straight line through the logarithms of <see cref="Norms"/> from the
    /// distance 1 on, where they are above what single precision can hold. Not a number where there are fewer than three.
    /// </summary>
    public double Factor { get; }

    /// <summary>What becomes of the gradient.</summary>
    public FlowReading Reading { get; }

    /// <summary>The steps after which half of the norm is left, or where it grows the steps in which it doubles.</summary>
    public double HalfLife => Math.Abs(Math.Log(2) / Math.Log(Factor));

    /// <summary>The reading in words, for example "vanishes by a factor of 0.81 a step: half of it is left after 3.3 steps".</summary>
    public string Describe() => Reading switch
    {
        FlowReading.Vanishes => Invariant($"vanishes by a factor of {Factor:G3} a step: half of it is left after {HalfLife:G3} steps{Underflow()}"),
        FlowReading.Explodes => Invariant($"explodes by a factor of {Factor:G3} a step: it doubles every {HalfLife:G3} steps{Overflow()}"),
        FlowReading.Healthy => Invariant($"healthy: it changes by a factor of {Factor:G3} a step, fitted over {_end - 1} steps"),
        FlowReading.Mixed => Invariant($"mixed: by a factor of {Fit(_first, Middle):G3} a step over the latest {Middle - 1} steps, and of {Fit(Middle, _end):G3} before them"),
        _ => "cannot be read: fewer than three steps have a gradient",
    };

    /// <summary>Writes the name and the reading.</summary>
    public override string ToString() => $"{Name}: {Describe()}";

    private int Middle => (_first + _end + 1) / 2;

    private static (int First, int End) Range(IReadOnlyList<double> norms)
    {
        // At the distance 0 the gradient has not gone through the layer yet.
        int end = 1;
        while (end < norms.Count && double.IsFinite(norms[end]) && norms[end] >= SmallestNormal)
        {
            end++;
        }

        return (1, Math.Min(end, norms.Count));
    }

    private FlowReading Read()
    {
        if (double.IsNaN(Factor))
        {
            return FlowReading.Unknown;
        }

        double late = Change(Fit(_first, Middle), Middle - _first), early = Change(Fit(Middle, _end), _end - Middle);
        if ((late > Tenfold && early < 1 / Tenfold) || (late < 1 / Tenfold && early > Tenfold))
        {
            return FlowReading.Mixed;
        }

        double whole = Change(Factor, _end - _first);
        return whole < 1 / Hundredfold ? FlowReading.Vanishes : whole > Hundredfold ? FlowReading.Explodes : FlowReading.Healthy;
    }

    private static double Change(double factor, int steps) => Math.Pow(factor, steps);

    /// <summary>exp of the slope of the least-squares line through the logarithms.</summary>
    private double Fit(int first, int end)
    {
        int count = end - first;
        if (count < FewestDistances)
        {
            return double.NaN;
        }

        double middle = (first + end - 1) / 2.0, above = 0, below = 0;
        for (int distance = first; distance < end; distance++)
        {
            above += (distance - middle) * Math.Log(Norms[distance]);
            below += (distance - middle) * (distance - middle);
        }

        return Math.Exp(above / below);
    }

    private string Underflow() => _end == Norms.Count || double.IsNaN(Norms[_end])
        ? ""
        : Norms[_end] == 0 && Norms[_end - 1] > NearlyNothing
            ? Invariant($", and is exactly zero after {_end}: no unit lets it through")
            : Invariant($", nothing that single precision could hold after {_end}");

    private string Overflow() => _end < Norms.Count ? Invariant($", and single precision cannot hold it after {_end}") : "";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
