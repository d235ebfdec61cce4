using System.Globalization;

namespace Unfold.Tests.Support;

/// <summary>
/// The comparator of the tests. A pair of numbers passes where |expected - actual| is at most
/// absolute + relative * |expected|. There is no default tolerance, and a relative one of 1% or more is refused.
/// </summary>
/// <remarks>A NaN on either side fails; an infinity is close to itself only. A NaN that is wanted is asserted for itself.</remarks>
public static class Close
{
    public static void Equal(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double relative, double absolute, string because)
    {
        var widened = new double[actual.Length];
        for (int i = 0; i < widened.Length; i++)
        {
            widened[i] = actual[i];
        }

        Equal(expected, widened, relative, absolute, because);
    }

    public static void Equal(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double relative, double absolute, string because)
    {
        var widened = new double[expected.Length];
        for (int i = 0; i < widened.Length; i++)
        {
            widened[i] = expected[i];
        }

        Equal(widened, actual, relative, absolute, because);
    }

    public static void Equal(double expected, double actual, double relative, double absolute, string because) =>
        Equal([expected], [actual], relative, absolute, because);

    public static void Equal(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double relative, double absolute, string because)
    {
        if (!(relative >= 0 && relative < 0.01) || !(absolute >= 0 && absolute < double.PositiveInfinity))
        {
            throw new ArgumentException($"The relative tolerance must lie in [0, 0.01) and the absolute one be finite; found {relative} and {absolute}.");
        }

        if (expected.Length != actual.Length)
        {
            Assert.Fail($"{because}: expected {expected.Length} values, found {actual.Length}.");
        }

        int worst = -1;
        int bad = 0;
        double worstExcess = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double excess = Excess(expected[i], actual[i], relative, absolute);
            if (excess > 1)
            {
                bad++;
                if (excess > worstExcess)
                {
                    worst = i;
                    worstExcess = excess;
                }
            }
        }

        if (worst >= 0)
        {
            Assert.Fail(string.Create(
                CultureInfo.InvariantCulture,
                $"{because}: {bad} of {expected.Length} values are off; the worst is at index {worst}: expected {expected[worst]:R}, found {actual[worst]:R} (relative {relative:R}, absolute {absolute:R})."));
        }
    }

    /// <summary>Requires the same bits: two runs that must not differ at all. NaNs with the same bits are the same.</summary>
    public static void Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string because)
    {
        if (expected.Length != actual.Length)
        {
            Assert.Fail($"{because}: expected {expected.Length} values, found {actual.Length}.");
        }

        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{because}: the bits at index {i} differ: expected {expected[i]:R}, found {actual[i]:R}."));
            }
        }
    }

    /// <summary>The error in units of what is allowed; infinite where the pair cannot be close.</summary>
    private static double Excess(double expected, double actual, double relative, double absolute)
    {
        if (double.IsNaN(expected) || double.IsNaN(actual))
        {
            return double.PositiveInfinity;
        }

        if (expected == actual)
        {
            return 0;
        }

        double error = Math.Abs(expected - actual);
        double allowed = absolute + (relative * Math.Abs(expected));
        return double.IsFinite(error) && allowed > 0 ? error / allowed : double.PositiveInfinity;
    }
}
