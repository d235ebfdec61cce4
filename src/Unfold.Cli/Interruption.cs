using System.Runtime.InteropServices;

namespace Unfold.Cli;

/// <summary>
/// Hears Ctrl+C, the system's request to end and the closing of the terminal: the first one asks for an orderly end, a second Ctrl+C or request ends at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly PosixSignalRegistration _closing;
    private readonly Terminal _terminal;
    private bool _closed;

    /// <summary>Begins to listen.</summary>
    /// <param name="terminal">Is left in order when the second signal ends the process.</param>
    public Interruption(Terminal terminal)
    {
        _terminal = terminal;
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Hear),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Hear),
        ];
        _closing = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Hear);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether an orderly end was asked for.</summary>
    public bool Asked => _source.IsCancellationRequested;

    /// <summary>Asks for an orderly end, like a first signal.</summary>
    public void Ask() => _source.Cancel();

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }

        // The second word of a closing terminal may come while the process ends, which it would cut short with another exit code.
        if (!_closed)
        {
            _closing.Dispose();
        }

        _source.Dispose();
    }

    /// <summary>Hears a signal.</summary>
    /// <returns>Whether the process is to live on, for an orderly end.</returns>
    public bool Hear()
    {
        bool first = !Asked;
        Ask();
        if (!first)
        {
            // No code of this process runs after this: the live view cannot show again the cursor that it has hidden.
            _terminal.ShowCursor();
        }

        return first;
    }

    /// <summary>Hears that the terminal was closed: a closing terminal says so twice, by its shell and by the system, so that a second time asks for no more than the first.</summary>
    public void HangUp() => Ask();

    private void Hear(PosixSignalContext context)
    {
        try
        {
            if (context.Signal == PosixSignal.SIGHUP)
            {
                _closed = true;
                HangUp();
                context.Cancel = true;
            }
            else
            {
                context.Cancel = Hear();
            }
        }
        catch (ObjectDisposedException)
        {
            // The signal came in the moment in which the verb was done: the process ends by itself.
            context.Cancel = true;
        }
    }
}
