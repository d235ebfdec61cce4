using System.Globalization;
using Unfold.Autograd;

namespace Unfold.Training;

/// <summary>What <see cref="GradientCheck"/> found for one parameter.</summary>
/// <param name="Name">The name of the parameter.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="CheckedEntries">The number of entries that were perturbed.</param>
/// <param name="RelativeError">
/// ||g - n|| / max(||g||, ||n||) over the checked entries, g the gradient of the backward pass and n the differences; 0 where
/// both are zero, NaN where one is not a number.
/// </param>
/// <param name="LargestGradient">The largest magnitude in the whole gradient of the backward pass.</param>
public sealed record ParameterGradientCheck(string Name, Shape Shape, int CheckedEntries, double RelativeError, double LargestGradient)
{
    /// <summary>Whether the whole gradient is zero: nothing of the loss comes back to this parameter.</summary>
    public bool IsZero => LargestGradient == 0;

    /// <summary>Writes one line: name, sizes, entries, error, largest gradient.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name} {Shape}: relative error {RelativeError:0.0e+00} over {CheckedEntries} of {Shape.Length} entries, largest gradient {LargestGradient:0.0e+00}{(IsZero ? ": ALL ZERO" : "")}");
}

/// <summary>What the differences of a <see cref="GradientCheck"/> were taken of.</summary>
public enum GradientCheckSource
{
    /// <summary>The loss itself: a loss that does not reach a parameter shows zero differences too.</summary>
    Loss,

    /// <summary>A reference of its own, which shows what the loss should reach.</summary>
    Reference,
}

/// <summary>What <see cref="GradientCheck"/> found.</summary>
/// <param name="Parameters">One entry a parameter, in the order in which they were given.</param>
/// <param name="Source">What the differences were taken of.</param>
public sealed record GradientCheckReport(IReadOnlyList<ParameterGradientCheck> Parameters, GradientCheckSource Source)
{
    /// <summary>The largest relative error of all parameters; infinite where one is not a number.</summary>
    public double LargestError => Parameters.Max(parameter => double.IsNaN(parameter.RelativeError) ? double.PositiveInfinity : parameter.RelativeError);

    /// <summary>
    /// Whether each parameter has a relative error of at most <paramref name="tolerance"/> and, where there is no reference, a
    /// gradient that is not zero throughout: a gradient of zeros agrees with any loss that does not reach the parameter, and so
    /// shows nothing. A reference that does not reach it either says that zero is right, as it is for recurrent weights over
    /// one step from a state of zeros.
    /// </summary>
    public bool Passed(double tolerance) =>
        Parameters.All(parameter => parameter.RelativeError <= tolerance && (Source == GradientCheckSource.Reference || !parameter.IsZero));

    /// <summary>Writes one line a parameter.</summary>
    public override string ToString() => string.Join("\n", Parameters);
}
