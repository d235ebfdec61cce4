namespace Unfold.Text;

/// <summary>The bytes of a stream, which is left open, and some bytes after its end.</summary>
internal sealed class FollowedStream(Stream first, ReadOnlyMemory<byte> then) : ForwardStream
{
    private ReadOnlyMemory<byte> _then = then;

    /// <summary>Whether bytes after the end of the stream were asked for; none before comes in one call with them.</summary>
    public bool FirstHasEnded { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        int read = FirstHasEnded ? 0 : first.Read(buffer);
        if (read > 0 || buffer.IsEmpty)
        {
            return read;
        }

        FirstHasEnded = true;
        int given = Math.Min(buffer.Length, _then.Length);
        _then.Span[..given].CopyTo(buffer);
        _then = _then[given..];
        return given;
    }
}
