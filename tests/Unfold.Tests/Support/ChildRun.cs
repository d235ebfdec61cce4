using System.Diagnostics;

namespace Unfold.Tests.Support;

/// <summary>Runs the tests of this assembly again in a process of their own, with other environment variables.</summary>
public static class ChildRun
{
    /// <summary>Runs the tests that a filter of the xunit runner lets through, for example <c>-trait Path=every</c>.</summary>
    public static Result Tests(string[] filter, TimeSpan limit, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = Host();
        foreach (string argument in (string[])["-noLogo", "-noColor", "-noAutoReporters", "-maxThreads", "2", .. filter])
        {
            start.ArgumentList.Add(argument);
        }

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

    /// <summary>The test program itself where it is running, else the dotnet command with the test assembly.</summary>
    private static ProcessStartInfo Host()
    {
        string process = Environment.ProcessPath ?? "dotnet";
        string fallback = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(Path.GetFileName(process) is "Unfold.Tests" or "Unfold.Tests.exe" or "dotnet" or "dotnet.exe" ? process : fallback)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (Path.GetFileName(process) is not ("Unfold.Tests" or "Unfold.Tests.exe"))
        {
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Unfold.Tests.dll"));
        }

        return start;
    }

    public readonly record struct Result(int ExitCode, string Output);
}
