using System.Runtime.CompilerServices;

namespace Unfold.Training;

/// <summary>
/// The checks of settings: each failure is one sentence with the setting, its range and what was found. Kernels take the
/// settings in single precision, so the bounds hold there too.
/// </summary>
internal static class Limits
{
    public static void Positive(double value, string owner, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require((float)value > 0 && float.IsFinite((float)value), value, owner, name, "a finite number above 0");

    public static void NotNegative(double value, string owner, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value >= 0 && float.IsFinite((float)value), value, owner, name, "a finite number of at least 0");

    /// <summary>Requires [0, 1), the range of a decay.</summary>
    public static void Decay(double value, string owner, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value >= 0 && (float)value < 1, value, owner, name, "at least 0 and below 1");

    /// <summary>Requires (0, 1], the range of a factor that lowers a learning rate.</summary>
    public static void Factor(double value, string owner, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require((float)value > 0 && value <= 1, value, owner, name, "above 0 and at most 1");

    public static void AtLeast(long minimum, long value, string owner, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value >= minimum, value, owner, name, FormattableString.Invariant($"at least {minimum}"));

    public static void Require(bool holds, double value, string owner, string name, string wanted)
    {
        if (!holds)
        {
            string plain = name[(name.LastIndexOf('.') + 1)..];
            throw new ArgumentException(FormattableString.Invariant($"{owner}: {plain} must be {wanted}; found {value}."));
        }
    }
}
