using System.Globalization;
using System.Runtime.Intrinsics;
using Unfold.Numerics.Vectors;

namespace Unfold.Tests.Numerics.Vectors;

/// <summary>Proves inside a child process that the wider instruction sets are really off.</summary>
[Trait("Path", "every")]
public sealed class PathProofTests
{
    /// <summary>The environment variable by which a parent says how many bits it expects.</summary>
    public const string Variable = "UNFOLD_EXPECT_BITS";

    [Fact]
    public void The_path_is_the_one_that_was_asked_for()
    {
        string? expected = Environment.GetEnvironmentVariable(Variable);
        if (expected is not null)
        {
            Assert.Equal(int.Parse(expected, CultureInfo.InvariantCulture), SimdWidth.Bits);
        }
    }

    [Fact]
    public void The_path_in_use_is_the_widest_that_is_accelerated()
    {
        Assert.Equal(SimdWidth.Bits >= 512, Vector512.IsHardwareAccelerated);
        Assert.Equal(SimdWidth.Bits >= 256, Vector256.IsHardwareAccelerated);
        Assert.Equal(SimdWidth.Bits >= 128, Vector128.IsHardwareAccelerated);
    }
}
