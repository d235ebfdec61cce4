using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Unfold.Text;

/// <summary>Tokens in a <see cref="NamelessFile"/>, so that nobody need dispose the store.</summary>
internal sealed class DiskTokenStore(SafeFileHandle file, int width, long start, long count) : TokenStore(count)
{
    public override bool IsInMemory => false;

    /// <summary>Creates the nameless file.</summary>
    public static SafeFileHandle CreateFile(string folder, long bytes)
    {
        try
        {
            return NamelessFile.Create(folder, "tokens", bytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnfoldException($"The encoded text wants {bytes >> 20} MB of temporary space in {folder}, but the file could not be made there: {failure.Message}", failure);
        }
    }

    private protected override void ReadCore(long position, Span<int> destination)
    {
        // The packed bytes are read into the destination's own tail and widened in place: no buffer, no lock.
        Span<byte> tail = MemoryMarshal.AsBytes(destination)[^(destination.Length * width)..];
        long offset = (start + position) * width;
        for (int done = 0; done < tail.Length;)
        {
            int read = RandomAccess.Read(file, tail[done..], offset + done);
            if (read == 0)
            {
                throw new UnfoldException("The temporary file of the encoded text ended too early; another program must have changed it.");
            }

            done += read;
        }

        PackedTokens.Widen(tail, width, destination);
    }

    private protected override TokenStore SliceCore(long first, long length) => new DiskTokenStore(file, width, start + first, length);
}
