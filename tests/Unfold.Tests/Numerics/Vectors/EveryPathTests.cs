using System.Globalization;
using System.Text.RegularExpressions;
using Unfold.Numerics.Vectors;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics.Vectors;

/// <summary>
/// The tests with the trait Path=every once for each narrower instruction set, in a process where the wider ones are switched
/// off. This class does not carry the trait, so that a child starts no children.
/// </summary>
public sealed partial class EveryPathTests
{
    [Theory]
    [InlineData(256, "DOTNET_EnableAVX512")]
    [InlineData(128, "DOTNET_EnableAVX2")]
    [InlineData(32, "DOTNET_EnableHWIntrinsic")]
    public void The_tests_pass_on_narrower_registers(int bits, string switchedOff)
    {
        if (SimdWidth.Bits <= bits)
        {
            Assert.Skip(SimdWidth.Bits == bits ? $"This process itself runs on {bits} bits." : $"This machine accelerates {SimdWidth.Bits} bits: the {bits}-bit path was not tested.");
        }

        ChildRun.Result result = ChildRun.Tests(["-trait", "Path=every"], TimeSpan.FromSeconds(120), (switchedOff, "0"), (PathProofTests.Variable, bits.ToString(CultureInfo.InvariantCulture)));
        Assert.True(result.ExitCode == 0, $"On {bits} bits ({switchedOff}=0) the tests ended with exit code {result.ExitCode}:\n{result.Output}");

        // A filter that matches nothing also ends with 0.
        Match total = Total().Match(result.Output);
        Assert.True(total.Success && int.Parse(total.Groups[1].ValueSpan, CultureInfo.InvariantCulture) > 100, $"On {bits} bits too few tests ran:\n{result.Output}");
    }

    [Fact]
    public void A_child_on_another_path_than_expected_fails()
    {
        // 64 is the width of no path, so the proof inside the child must fail.
        ChildRun.Result result = ChildRun.Tests(["-class", typeof(PathProofTests).FullName!], TimeSpan.FromSeconds(120), (PathProofTests.Variable, "64"));
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(nameof(PathProofTests.The_path_is_the_one_that_was_asked_for), result.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"Total: (\d+), Errors: 0, Failed: 0")]
    private static partial Regex Total();
}
