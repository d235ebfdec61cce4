using System.IO.Compression;

namespace Unfold.Text;

/// <summary>What gzip packed (RFC 1952) into a stream, which is left open; it is known to be whole when its end is reached.</summary>
/// <remarks>
/// <see cref="GZipStream"/> ends without a word where a stream is cut short, as where it is whole. So a mark, packed by itself, is put behind:
/// parts that are packed one by one are unpacked one after the other, but within a part that is cut short the mark's bytes mean something else.
/// A header that is cut short may take the mark's first bytes for its own, up to a name's zero or as many as an extra field can want. So these are without
/// a zero where a name could end and as many as that, and none of them begins packed bytes. All that the stream's own bytes hold is unpacked before the first byte behind them
/// is asked for.
/// </remarks>
internal sealed class GzipContent : ForwardStream
{
    private const int HeaderBytes = 10;
    private const byte Deflated = 8, HasExtraField = 4;

    private static readonly byte[] PackedMark = PackMark();

    private readonly FollowedStream _packed;
    private readonly GZipStream _unpacked;
    private int _marked;

    public GzipContent(Stream packed)
    {
        _packed = new FollowedStream(packed, PackedMark);
        _unpacked = new GZipStream(_packed, CompressionMode.Decompress);
    }

    private static ReadOnlySpan<byte> Mark => "the packed bytes are whole"u8;

    /// <summary>Whether bytes are the first of what gzip packed.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);

    /// <summary>Unpacks the next bytes.</summary>
    /// <exception cref="IOException">They are damaged, cut short, or followed by something else.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        int read = Unpack(buffer);
        if (!_packed.FirstHasEnded)
        {
            return read > 0 ? read : throw Damaged(null);
        }

        for (; read > 0; read = Unpack(buffer))
        {
            if (!Mark[_marked..].StartsWith(buffer[..read]))
            {
                throw Damaged(null);
            }

            _marked += read;
        }

        return _marked == Mark.Length ? 0 : throw Damaged(null);
    }

    protected override void Dispose(bool disposing)
    {
        _unpacked.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The mark with a header of its own: time, flags of the packer and system all 0xFF, and an extra field of as many of these as there may be.</summary>
    private static byte[] PackMark()
    {
        using var mark = new MemoryStream();
        using (var packer = new GZipStream(mark, CompressionLevel.Fastest, leaveOpen: true))
        {
            packer.Write(Mark);
        }

        byte[] header = new byte[HeaderBytes + sizeof(ushort) + ushort.MaxValue];
        header.AsSpan().Fill(0xFF);
        ((ReadOnlySpan<byte>)[0x1F, 0x8B, Deflated, HasExtraField]).CopyTo(header);
        return [.. header, .. mark.GetBuffer().AsSpan(HeaderBytes, (int)mark.Length - HeaderBytes)];
    }

    private int Unpack(Span<byte> buffer)
    {
        try
        {
            return _unpacked.Read(buffer);
        }
        catch (InvalidDataException failure)
        {
            throw Damaged(failure);
        }
    }

    private static IOException Damaged(Exception? cause) => new("it is packed with gzip, but damaged, cut short, or followed by something else; fetch it again", cause);
}
