using System.Diagnostics;

namespace Unfold.Cli;

/// <summary>Shows on stderr how far something has come, once it has taken longer than a second.</summary>
internal sealed class ProgressLine(Terminal terminal, string what) : IDisposable
{
    private const double Patience = 1, LiveInterval = 0.2, PlainInterval = 10;

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private double _next = Patience;
    private bool _drawn;

    /// <summary>Notes the share done, in [0, 1]; one that is no number, as that of a file without a length, is not shown.</summary>
    public void Show(double share)
    {
        double now = _watch.Elapsed.TotalSeconds;
        if (now < _next || !double.IsFinite(share))
        {
            return;
        }

        bool live = terminal.Kind == TerminalKind.Live;
        _next = now + (live ? LiveInterval : PlainInterval);
        string line = FormattableString.Invariant($"{what}: {share * 100:0}%");
        terminal.Error.Write(live ? $"\r\e[2K{line}" : line + terminal.Error.NewLine);
        _drawn |= live;
    }

    /// <summary>Takes the line away where the data that is written next would stand behind it; a later share draws it again.</summary>
    public void MakeRoom()
    {
        if (terminal.OutputIsShown)
        {
            Dispose();
        }
    }

    /// <summary>Takes the line away until something has again taken longer than a second.</summary>
    public void Restart()
    {
        Dispose();
        _next = Math.Max(_next, _watch.Elapsed.TotalSeconds + Patience);
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_drawn)
        {
            terminal.Error.Write("\r\e[2K");
            _drawn = false;
        }
    }
}
