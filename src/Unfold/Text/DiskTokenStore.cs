using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Unfold.Text;

/// <summary>
/// Tokens in a temporary file. The file has no name once it is open (or is deleted by the system when it is closed), so that
/// nobody need dispose the store and not even a killed process leaves the file behind.
/// </summary>
internal sealed class DiskTokenStore(SafeFileHandle file, int width, long start, long count) : TokenStore(count)
{
    public override bool IsInMemory => false;

    /// <summary>Creates the nameless file.</summary>
    public static SafeFileHandle CreateFile(string folder, long bytes)
    {
        string path = Path.Combine(folder, $"unfold-tokens-{Environment.ProcessId}-{Guid.NewGuid():N}.tmp");
        try
        {
            SafeFileHandle handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose, preallocationSize: bytes);
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(path);
            }

            return handle;
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
