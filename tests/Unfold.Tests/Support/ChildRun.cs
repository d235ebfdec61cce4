using System.Diagnostics;

namespace Unfold.Tests.Support;

/// <summary>Runs the tests of this assembly again in a process of their own, with other environment variables.</summary>
public static class ChildRun
{
    /// <summary>The tests in the child are those with the trait Path=every.</summary>
    public static Result Tests(TimeSpan limit, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        string? host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Environment.ProcessPath;
        if (host is not null && Path.GetFileNameWithoutExtension(host) == "dotnet")
        {
            start.FileName = host;
        }

        foreach (string argument in new[] { "exec", Assembly, "-noLogo", "-noColor", "-noAutoReporters", "-maxThreads", "2", "-trait", "Path=every" })
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

    private static string Assembly => Path.Combine(AppContext.BaseDirectory, "Unfold.Tests.dll");

    public readonly record struct Result(int ExitCode, string Output);
}
