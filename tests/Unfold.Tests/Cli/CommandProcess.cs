using System.Diagnostics;
using System.Text;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli;

/// <summary>The command as a process of its own, which can be killed.</summary>
internal sealed class CommandProcess : IDisposable
{
    private const int LimitMilliseconds = 60_000;

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly ManualResetEventSlim _spoken = new();
    private readonly StringBuilder _complained = new();

    private CommandProcess(Process process)
    {
        _process = process;
        _output = Read(process.StandardOutput, new StringBuilder(), _spoken.Set);
        _error = Read(process.StandardError, _complained, () => { });
    }

    public static CommandProcess Start(params string[] arguments) => StartIn(Environment.CurrentDirectory, arguments);

    /// <summary>Starts a command that finds itself in a folder.</summary>
    public static CommandProcess StartIn(string folder, params string[] arguments) => StartLine(folder, [.. ProgramLine.Of("Unfold.Cli"), .. arguments]);

    /// <summary>Starts a command as nohup does, with SIGHUP ignored.</summary>
    public static CommandProcess StartDeafToHangUp(params string[] arguments) =>
        StartLine(Environment.CurrentDirectory, ["/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh", .. ProgramLine.Of("Unfold.Cli"), .. arguments]);

    private static CommandProcess StartLine(string folder, string[] line)
    {
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        return new CommandProcess(Process.Start(start)!);
    }

    /// <summary>Waits until a file is there, which must come before the process ends.</summary>
    public void WaitFor(string file)
    {
        var watch = Stopwatch.StartNew();
        while (!File.Exists(file))
        {
            Assert.False(_process.HasExited, $"The command ended before {file} was there: {(_process.HasExited ? _error.Result : "")}");
            Assert.True(watch.ElapsedMilliseconds < LimitMilliseconds, $"{file} did not come.");
            Thread.Sleep(5);
        }
    }

    /// <summary>Waits until some words stand on standard error, which must come before the process ends.</summary>
    public void WaitForError(string words, int after = 0)
    {
        var watch = Stopwatch.StartNew();
        while (!Complained()[after..].Contains(words, StringComparison.Ordinal))
        {
            Assert.False(_process.HasExited, $"The command ended before it said \"{words}\": {Complained()}");
            Assert.True(watch.ElapsedMilliseconds < LimitMilliseconds, $"The command did not say \"{words}\": {Complained()}");
            Thread.Sleep(5);
        }
    }

    /// <summary>Writes a line to standard input, which stays open.</summary>
    public void Say(string line)
    {
        _process.StandardInput.Write(line + "\n");
        _process.StandardInput.Flush();
    }

    /// <summary>Ends standard input.</summary>
    public void FallSilent() => _process.StandardInput.Close();

    /// <summary>Waits for the first character on standard output.</summary>
    public void WaitForOutput() => Assert.True(_spoken.Wait(LimitMilliseconds), "Nothing came on standard output.");

    public bool HasExited => _process.HasExited;

    /// <summary>What stands on standard error so far.</summary>
    public string Complaint => Complained();

    /// <summary>Ends the process like kill -9.</summary>
    public void Kill() => _process.Kill();

    /// <summary>
    /// Sends a signal such as INT; skips the test where it is ignored, as INT is in the background of a shell and HUP under nohup, and so also by the command.
    /// </summary>
    public void Signal(string name)
    {
        Assert.SkipWhen(Ignores(name), $"The tests run with SIG{name} ignored, so the command ignores it too: start them in the foreground.");
        Send(name);
    }

    /// <summary>Sends a signal, whether it is ignored or not.</summary>
    public void Send(string name)
    {
        using Process kill = Process.Start("kill", ["-s", name, $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public Said End()
    {
        if (!_process.WaitForExit(LimitMilliseconds))
        {
            _process.Kill();
            Assert.Fail("The command did not end.");
        }

        return new Said(_process.ExitCode, _output.Result, _error.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        Task.WaitAll([_output, _error], LimitMilliseconds);
        _process.Dispose();
        _spoken.Dispose();
    }

    private string Complained()
    {
        lock (_complained)
        {
            return _complained.ToString();
        }
    }

    /// <summary>Reads on a thread of its own: those that tests share may all be busy when a word comes for which a test waits.</summary>
    private static Task<string> Read(StreamReader output, StringBuilder text, Action heard) => Task.Factory.StartNew(
        () =>
        {
            var buffer = new char[4096];
            for (int count = output.Read(buffer); count > 0; count = output.Read(buffer))
            {
                lock (text)
                {
                    text.Append(buffer, 0, count);
                }

                heard();
            }

            return text.ToString();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static bool Ignores(string signal)
    {
        const string field = "SigIgn:";
        ulong mask = signal switch { "HUP" => 1 << 0, "INT" => 1 << 1, _ => 0 };
        string? line = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal)) : null;
        return line is not null && (Convert.ToUInt64(line[field.Length..].Trim(), 16) & mask) != 0;
    }
}
