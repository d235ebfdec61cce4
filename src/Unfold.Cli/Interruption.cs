using System.Runtime.InteropServices;

namespace Unfold.Cli;

/// <summary>Hears Ctrl+C and the system's request to end: the first one asks for an orderly end, the second ends at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    /// <summary>Begins to listen.</summary>
    public Interruption() => _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Hear), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Hear)];

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

        _source.Dispose();
    }

    private void Hear(PosixSignalContext context)
    {
        context.Cancel = !Asked;
        Ask();
    }
}
