using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Unfold.Bench;

/// <summary>A run of the command that has ended well.</summary>
/// <param name="Output">All of its standard output.</param>
/// <param name="Progress">The lines of its standard error, each with the seconds since the start.</param>
/// <param name="Seconds">From the start to the end of the process.</param>
/// <param name="PeakBytes">The most memory that it held at once, as the operating system counts it; 0 where that is not known.</param>
internal sealed record CommandRun(string Output, IReadOnlyList<(double Seconds, string Line)> Progress, double Seconds, long PeakBytes)
{
    private const int MillisecondsBetweenLooks = 20;

    /// <summary>A number of the JSON object on standard output.</summary>
    /// <exception cref="InvalidOperationException">There is none of that name.</exception>
    public double Number(string name)
    {
        using JsonDocument document = JsonDocument.Parse(Output);
        return document.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : throw new InvalidOperationException($"The command's JSON was to hold a number {name}, but is {Output.Trim()}");
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It fails.</exception>
    public static CommandRun Of(ProcessStartInfo start)
    {
        start.StandardOutputEncoding = start.StandardErrorEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        List<(double, string)> progress = [];
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                progress.Add((Stopwatch.GetElapsedTime(began).TotalSeconds, line.Data));
            }
        };
        process.BeginErrorReadLine();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        long peak = 0;
        while (!process.WaitForExit(MillisecondsBetweenLooks))
        {
            peak = Math.Max(peak, PeakOf(process));
        }

        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;

        // Only the wait without a limit lets the last lines come in.
        process.WaitForExit();
        return process.ExitCode == 0
            ? new CommandRun(output.Result, progress, seconds, peak)
            : throw new InvalidOperationException(
                $"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with exit code {process.ExitCode}: {(progress.Count > 0 ? progress[^1].Item2 : "")}");
    }

    /// <summary>The kernel's own high-water mark: however seldom one looks, no peak before is missed.</summary>
    public static long PeakOf(Process process)
    {
        const string mark = "VmHWM:";
        try
        {
            string? line = File.ReadLines($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/status")
                .FirstOrDefault(line => line.StartsWith(mark, StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line[mark.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // Not Linux, or the process has just ended.
            return 0;
        }
    }
}
