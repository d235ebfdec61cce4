using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Unfold.NGrams;

/// <summary>Sorted n-grams in a part of a temporary file, read once from the first to the last in blocks.</summary>
/// <param name="file">The file.</param>
/// <param name="first">The first n-gram of the part.</param>
/// <param name="count">How many there are.</param>
/// <param name="block">How many are read at once.</param>
internal sealed class SortedRun(SafeFileHandle file, long first, long count, int block)
{
    private readonly CountedNGram[] _block = new CountedNGram[(int)Math.Min(block, count)];
    private long _read;
    private int _at;
    private int _length;

    /// <summary>Takes the next n-gram.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Next(out CountedNGram entry)
    {
        if (_at == _length && !Fill())
        {
            entry = default;
            return false;
        }

        entry = _block[_at++];
        return true;
    }

    private bool Fill()
    {
        _length = (int)Math.Min(_block.Length, count - _read);
        _at = 0;
        Span<byte> bytes = MemoryMarshal.AsBytes(_block.AsSpan(0, _length));
        long offset = (first + _read) * CountedNGram.Bytes;
        for (int done = 0; done < bytes.Length;)
        {
            int read = RandomAccess.Read(file, bytes[done..], offset + done);
            if (read == 0)
            {
                throw new UnfoldException("The temporary file of the counted n-grams ended too early; another program must have changed it.");
            }

            done += read;
        }

        _read += _length;
        return _length > 0;
    }
}
