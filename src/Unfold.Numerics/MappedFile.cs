using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;

namespace Unfold.Numerics;

/// <summary>
/// A file that is read where it lies: the system brings its pages into memory when they are touched, and processes that read the same
/// file share them. It is unmapped when nobody holds it or its values any more, or by <see cref="Dispose"/>.
/// </summary>
public sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedViewAccessor _view;
    private byte* _first;

    /// <summary>Maps a file that is not empty.</summary>
    /// <exception cref="IOException">The file cannot be read, or is empty.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public MappedFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        Length = stream.Length;
        if (Length == 0)
        {
            throw new IOException("the file is empty");
        }

        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        byte* first = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
        _first = first;
    }

    /// <summary>Gives the view back to its handle, which then closes itself.</summary>
    ~MappedFile() => Release();

    /// <summary>The bytes of the file.</summary>
    public long Length { get; }

    /// <summary>A part of the file as values in the machine's byte order.</summary>
    /// <param name="offset">The first byte, a multiple of the size of a value.</param>
    /// <param name="count">How many values.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie within the file or not on such a boundary.</exception>
    public ReadOnlyMemory<T> Values<T>(long offset, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset % sizeof(T), 0, nameof(offset));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)count * sizeof(T), Length - offset, nameof(count));
        return new Part<T>(this, offset, count).Memory;
    }

    private byte* First
    {
        get
        {
            ObjectDisposedException.ThrowIf(_first is null, this);
            return _first;
        }
    }

    /// <summary>Unmaps the file at once. None of its values can be read any more.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
        _view.Dispose();
    }

    private void Release()
    {
        if (_first is not null)
        {
            _first = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <summary>Values that keep the file mapped.</summary>
    private sealed class Part<T>(MappedFile file, long offset, int count) : MemoryManager<T>
        where T : unmanaged
    {
        public override Span<T> GetSpan() => new(file.First + offset, count);

        public override MemoryHandle Pin(int elementIndex = 0) => new(Unsafe.Add<T>(file.First + offset, elementIndex));

        public override void Unpin()
        {
            // The pages of a mapped file do not move.
        }

        protected override void Dispose(bool disposing)
        {
            // The file is unmapped for itself.
        }
    }
}
