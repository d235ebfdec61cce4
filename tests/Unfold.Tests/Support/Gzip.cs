using System.IO.Compression;

namespace Unfold.Tests.Support;

/// <summary>Packs bytes as gzip does.</summary>
internal static class Gzip
{
    public static byte[] Pack(ReadOnlySpan<byte> bytes, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var packed = new MemoryStream();
        using (var packer = new GZipStream(packed, level))
        {
            packer.Write(bytes);
        }

        return packed.ToArray();
    }
}
