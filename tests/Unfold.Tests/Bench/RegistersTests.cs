using System.Diagnostics;
using Unfold.Numerics.Vectors;
using Unfold.Tests.Support;

namespace Unfold.Tests.Bench;

/// <summary>The benchmark as a process of its own, limited to registers of 256 bits.</summary>
public sealed class RegistersTests
{
    [Fact]
    public void A_limit_of_256_bits_holds_in_the_process_that_measures()
    {
        if (SimdWidth.Bits < 256)
        {
            Assert.Skip($"This machine accelerates {SimdWidth.Bits} bits: there is nothing to limit.");
        }

        (int code, string output) = Run("peak", "--quick", "--registers", "256");
        Assert.Equal(0, code);
        Assert.Contains(" 256-bit registers", output, StringComparison.Ordinal);
        Assert.Contains("256 bits by DOTNET_EnableAVX512=0 OPENBLAS_CORETYPE=Haswell", output, StringComparison.Ordinal);
        Assert.DoesNotContain("512 bits", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("peak", "128", "--registers wants 256; found '128'.")]
    [InlineData("startup", "256", "--registers is for peak, products, steps, layers, padding, stream; found 'startup'.")]
    public void Another_limit_or_question_is_wrong_usage(string question, string width, string sentence)
    {
        (int code, string output) = Run(question, "--quick", "--registers", width);
        Assert.Equal(2, code);
        Assert.Equal(sentence, output.Trim());
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        string[] line = [.. ProgramLine.Of("Unfold.Bench"), .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
