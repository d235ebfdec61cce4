using Unfold.Persistence;

namespace Unfold.Cli;

/// <summary>Passes bytes on to standard output, and names it where that fails: what the system says does not tell which file is meant.</summary>
internal sealed class NamedOutput(Stream inner) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (Exception failure) when (IsNameless(failure))
        {
            throw Named(failure);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        try
        {
            inner.Flush();
        }
        catch (Exception failure) when (IsNameless(failure))
        {
            throw Named(failure);
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    // A reader that is gone is no failure; who runs the command asks for it by its own exception.
    private static bool IsNameless(Exception failure) => FileFailure.IsFileFailure(failure) && !StandardOutput.IsReaderGone(failure);

    private static OutputException Named(Exception failure)
    {
        string reason = failure is UnauthorizedAccessException ? "it is closed, or open for reading only" : FileFailure.Reason(failure, "");
        return new OutputException($"Cannot write to standard output: {reason}. Send it elsewhere, and run the command again.", failure);
    }
}
