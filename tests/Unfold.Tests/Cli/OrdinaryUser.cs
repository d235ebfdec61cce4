using System.ComponentModel;
using System.Diagnostics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli;

/// <summary>Runs the command as a user for whom permissions hold: root's tests change to another user for it, or are skipped.</summary>
internal static class OrdinaryUser
{
    private const int LimitMilliseconds = 60_000;
    private const string Nobody = "65534";

    /// <summary>Skips the test where permissions cannot be tested.</summary>
    public static void Require()
    {
        Said? trial = null;
        try
        {
            trial = Run("--version");
        }
        catch (Win32Exception)
        {
            Assert.Skip("Root ignores permissions, and there is no setpriv here to run the command as another user.");
        }

        Assert.SkipUnless(trial.Code == 0, $"Root ignores permissions, and another user cannot run the command in {AppContext.BaseDirectory}: {trial.Error}");
    }

    public static Said Run(params string[] arguments)
    {
        string[] command = [.. ProgramLine.Of("Unfold.Cli"), .. arguments];
        if (Environment.IsPrivilegedProcess)
        {
            command = ["setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups", .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
            StandardErrorEncoding = System.Text.Encoding.UTF8,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(LimitMilliseconds))
        {
            process.Kill();
            Assert.Fail("The command did not end.");
        }

        return new Said(process.ExitCode, output.Result, error.Result);
    }
}
