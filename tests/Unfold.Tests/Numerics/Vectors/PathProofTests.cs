using System.Globalization;
using System.Runtime.CompilerServices;
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
    public void A_kernel_runs_on_registers_as_wide_as_the_width_says()
    {
        var kernel = new WidthKernel();
        SimdWidth.Run(ref kernel);
        Assert.Equal(SimdWidth.Bits, kernel.RegisterBits);
        Assert.Equal(SimdWidth.Bits, kernel.LaneBits);
    }

    private struct WidthKernel : ISimdKernel
    {
        public int RegisterBits { get; private set; }

        public int LaneBits { get; private set; }

        public void Run<S, V>()
            where S : struct, ISimd<V>
            where V : unmanaged
        {
            RegisterBits = 8 * Unsafe.SizeOf<V>();
            LaneBits = 32 * S.Count;
        }
    }
}
