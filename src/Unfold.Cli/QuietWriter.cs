using System.Text;

namespace Unfold.Cli;

/// <summary>Passes text on as long as that works, and is silent from the first failure on: a full disk, a reader that is gone.</summary>
internal sealed class QuietWriter : TextWriter
{
    private readonly TextWriter _inner;
    private readonly Lock _writing = new();
    private bool _failed;

    private QuietWriter(TextWriter inner)
    {
        _inner = inner;
        NewLine = inner.NewLine;
    }

    /// <summary>Writes to another writer, with its ends of lines. The other one stays its owner's to dispose of.</summary>
    public static TextWriter Around(TextWriter inner) => new QuietWriter(inner);

    /// <inheritdoc/>
    public override Encoding Encoding => _inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => _inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => _inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => _inner.Write(value));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value + NewLine);

    /// <inheritdoc/>
    public override void Flush() => Try(_inner.Flush);

    // A signal is heard on a thread of its own.
    private void Try(Action write)
    {
        lock (_writing)
        {
            if (_failed)
            {
                return;
            }

            try
            {
                write();
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException or UnauthorizedAccessException)
            {
                _failed = true;
            }
        }
    }
}
