using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Unfold.Bench;

/// <summary>The command in a process of its own, as a user starts it.</summary>
/// <param name="name">How the tables call it.</param>
/// <param name="file">The program.</param>
/// <param name="first">What stands before the command's own arguments.</param>
internal sealed class UnfoldCommand(string name, string file, params string[] first)
{
    private const string Project = "src/Unfold.Cli";

    // Several questions of one run share one publishing.
    private static readonly Lazy<UnfoldCommand> PublishedOnce = new(Publish);

    /// <summary>How the tables call it.</summary>
    public string Name => name;

    /// <summary>The bytes of the program.</summary>
    public long Size => new FileInfo(file).Length;

    /// <summary>The self-contained executable, published from this repository.</summary>
    /// <exception cref="InvalidOperationException">It does not build.</exception>
    public static UnfoldCommand Published => PublishedOnce.Value;

    /// <summary>What <c>dotnet run -c Release</c> runs, built from this repository.</summary>
    /// <exception cref="InvalidOperationException">It does not build.</exception>
    public static UnfoldCommand Build()
    {
        string project = Path.Combine(Repository.Folder(), Project);
        Dotnet("build", project, "-c", "Release");
        return new UnfoldCommand("dotnet run -c Release", "dotnet", Path.Combine(project, "bin", "Release", "net10.0", "Unfold.Cli.dll"));
    }

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="InvalidOperationException">It fails.</exception>
    public CommandRun Run(params string[] arguments) => CommandRun.Of(Start(arguments));

    /// <summary>Starts it, and lets it end.</summary>
    /// <returns>The seconds from the start to the first byte on its standard output.</returns>
    /// <exception cref="InvalidOperationException">It writes nothing, or fails.</exception>
    public double SecondsToFirstByte(params string[] arguments)
    {
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(Start(arguments))!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        int first = process.StandardOutput.BaseStream.ReadByte();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.StandardOutput.BaseStream.CopyTo(Stream.Null);
        process.WaitForExit();
        return first >= 0 && process.ExitCode == 0
            ? seconds
            : throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with exit code {process.ExitCode}: {errors.Result.Trim()}");
    }

    private static UnfoldCommand Publish()
    {
        string output = Path.Combine(Repository.Folder(), "artifacts", "bench", "published");
        Dotnet("publish", Path.Combine(Repository.Folder(), Project), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", output);
        return new UnfoldCommand("published", Path.Combine(output, OperatingSystem.IsWindows() ? "unfold.exe" : "unfold"));
    }

    private static void Dotnet(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed: {(errors.Result + output).Trim()}");
        }
    }

    private ProcessStartInfo Start(string[] arguments) =>
        new(file, [.. first, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
}
