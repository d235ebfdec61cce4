using Xunit.Sdk;

namespace Unfold.Tests.Support;

/// <summary>The comparator must be able to say no.</summary>
[Trait("Path", "every")]
public sealed class CloseTests
{
    private static readonly float[] s_numbers = [0.5f, -1.25f, 3e-4f, 77f];

    [Fact]
    public void Equal_numbers_pass() => Close.Equal(s_numbers, s_numbers, relative: 0, absolute: 0, "the same numbers");

    [Fact]
    public void A_rounding_error_passes() => Close.Equal([1.0, 2.0], [1.0000001f, 2.0000002f], relative: 1e-6, absolute: 0, "one rounding");

    [Fact]
    public void Zeros_are_rejected() => Rejected(new float[4], "4 of 4 values are off");

    [Fact]
    public void An_error_of_one_percent_is_rejected() => Rejected([0.5f, -1.2375f, 3e-4f, 77f], "index 1: expected -1.25, found -1.237");

    [Fact]
    public void A_NaN_is_rejected() => Rejected([0.5f, -1.25f, 3e-4f, float.NaN], "index 3: expected 77, found NaN");

    [Fact]
    public void An_infinity_is_rejected() => Rejected([0.5f, -1.25f, 3e-4f, float.PositiveInfinity], "index 3");

    [Fact]
    public void Another_length_is_rejected() => Rejected([0.5f, -1.25f, 3e-4f], "expected 4 values, found 3");

    [Fact]
    public void The_worst_of_several_errors_is_named() => Rejected([0.6f, -2.5f, 3e-4f, 78f], "3 of 4 values are off; the worst is at index 1");

    [Fact]
    public void An_expected_NaN_is_rejected() =>
        Assert.Throws<FailException>(() => Close.Equal([double.NaN], [double.NaN], relative: 1e-3, absolute: 1e-3, "a NaN is close to nothing"));

    [Fact]
    public void An_infinity_is_close_to_itself_only()
    {
        Close.Equal(double.PositiveInfinity, double.PositiveInfinity, relative: 0, absolute: 0, "the same infinity");
        Assert.Throws<FailException>(() => Close.Equal(double.PositiveInfinity, double.NegativeInfinity, relative: 1e-3, absolute: 1, "the other infinity"));
        Assert.Throws<FailException>(() => Close.Equal(double.PositiveInfinity, 1e300, relative: 1e-3, absolute: 1, "a large number"));
    }

    [Theory]
    [InlineData(0.01, 0)]
    [InlineData(-1e-6, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(0, double.NaN)]
    public void A_loose_tolerance_is_refused(double relative, double absolute) =>
        Assert.Throws<ArgumentException>(() => Close.Equal(1.0, 1.0, relative, absolute, "anything"));

    [Fact]
    public void Same_rejects_the_last_bit_and_the_sign_of_zero()
    {
        Close.Same(s_numbers, s_numbers, "the same numbers");
        Assert.Throws<FailException>(() => Close.Same([1f], [MathF.BitIncrement(1f)], "one bit"));
        Assert.Throws<FailException>(() => Close.Same([0f], [-0f], "the sign of zero"));
        Assert.Throws<FailException>(() => Close.Same([0f], [], "no value"));
    }

    private static void Rejected(float[] actual, string message)
    {
        FailException failure = Assert.Throws<FailException>(() => Close.Equal(s_numbers, actual, relative: 1e-5, absolute: 1e-7, "the numbers"));
        Assert.StartsWith("the numbers: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }
}
