using System.Diagnostics;

namespace Unfold.Tests.Support;

/// <summary>Runs the tests of this assembly again in a process of their own, with other environment variables.</summary>
public static class ChildRun
{
    /// <summary>Runs the tests that a filter of the xunit runner lets through, for example <c>-trait Path=every</c>.</summary>
    public static Result Tests(string[] filter, TimeSpan limit, params (string Name, string Value)[] environment)
    {
        string[] line = [.. ProgramLine.Of("Unfold.Tests"), "-noLogo", "-noColor", "-noAutoReporters", "-maxThreads", "2", .. filter];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process child = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        Task<string> output = child.StandardOutput.ReadToEndAsync();
        Task<string> errors = child.StandardError.ReadToEndAsync();
        if (!child.WaitForExit(limit))
        {
            child.Kill(entireProcessTree: true);
            child.WaitForExit();
            return new Result(-1, $"The child was stopped after {limit.TotalSeconds:F0} seconds.\n{output.Result}{errors.Result}");
        }

        return new Result(child.ExitCode, output.Result + errors.Result);
    }

    public readonly record struct Result(int ExitCode, string Output);
}
