namespace Unfold.Persistence;

/// <summary>Reads a file line by line, as bytes, with numbers from 1 on; a carriage return before the line feed is no part of the line.</summary>
internal sealed class ArpaLines(Stream source, string path)
{
    private const int BlockBytes = 1 << 16;

    /// <summary>A longer line is no line of an ARPA file: seven tokens and two numbers are far shorter.</summary>
    private const int MaximumLineBytes = 1 << 16;

    private readonly byte[] _bytes = new byte[BlockBytes + MaximumLineBytes];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>The number of the line that was read last.</summary>
    public int Number { get; private set; }

    /// <summary>Reads the next line, which is valid until the next call.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            ReadOnlySpan<byte> held = _bytes.AsSpan(_start, _end - _start);
            int feed = held.IndexOf((byte)'\n');
            if (feed >= 0 || (_ended && !held.IsEmpty))
            {
                line = feed >= 0 ? held[..feed] : held;
                _start += feed >= 0 ? feed + 1 : held.Length;
                Number++;
                line = Number == 1 && line.StartsWith("\uFEFF"u8) ? line[3..] : line;
                line = line.EndsWith("\r"u8) ? line[..^1] : line;
                return true;
            }

            if (_ended)
            {
                line = default;
                return false;
            }

            Fill(held.Length);
        }
    }

    /// <summary>A sentence about a file of something else.</summary>
    public UnfoldException NoArpa(string reason) => new($"The file {path} is no ARPA file: {reason}. A network's model would be a folder.");

    private void Fill(int held)
    {
        if (held > MaximumLineBytes)
        {
            throw NoArpa($"line {Number + 1} has more than {MaximumLineBytes} bytes");
        }

        _bytes.AsSpan(_start, held).CopyTo(_bytes);
        int read = source.Read(_bytes.AsSpan(held, BlockBytes));
        _start = 0;
        _end = held + read;
        _ended = read == 0;
    }
}
