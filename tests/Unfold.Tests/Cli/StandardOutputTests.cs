using System.Diagnostics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli;

/// <summary>Where standard output cannot be written to the sentence names it.</summary>
public sealed class StandardOutputTests
{
    [Theory]
    [InlineData("> /dev/full", "the disk is full")]
    [InlineData(">&-", "it is closed")]
    [InlineData("1< /dev/null", "open for reading only")]
    public void A_failure_of_standard_output_names_it(string where, string reason)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/dev/full"), "Needs a shell and the device of a full disk, /dev/full.");
        foreach (string[] verb in (string[][])[["data", "list"], ["data", "list", "--json"], ["--help"]])
        {
            string[] line = [.. ProgramLine.Of("Unfold.Cli"), .. verb];
            var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$@\" {where}", "sh", .. line]) { RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            new Said(process.ExitCode, "", error).Refuses(1, "Cannot write to standard output: ", reason);
        }
    }
}
