using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Unfold.Persistence;

/// <summary>
/// A safetensors file that is open for reading. The header is validated when the file is opened; tensors are read
/// one by one, straight into the caller's memory. Not thread-safe.
/// </summary>
public sealed class SafeTensorsFile : IDisposable
{
    private readonly Stream _stream;
    private readonly string _file;
    private readonly SafeTensorsHeader _header;
    private readonly Dictionary<string, SafeTensorsEntry> _byName;

    private SafeTensorsFile(Stream stream, string file)
    {
        _stream = stream;
        _file = file;
        _header = SafeTensorsHeader.Read(stream, file);
        _byName = _header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The tensors, in the order in which they lie in the file.</summary>
    public IReadOnlyList<SafeTensorsEntry> Entries => _header.Entries;

    /// <summary>The file's strings, such as <c>format</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>What error messages call the file.</summary>
    internal string Name => _file;

    /// <summary>Opens and validates a file.</summary>
    /// <exception cref="UnfoldException">The file is missing, cannot be opened, or breaks a rule of the format.</exception>
    public static SafeTensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream;
        try
        {
            // Tensors are read in one piece each, so a buffer would only add a copy. Deletion is shared so that a
            // writer can rename a new file over this one meanwhile.
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            throw new UnfoldException($"Cannot open {path}: {FileFailure.Reason(failure, path)}.", failure);
        }

        try
        {
            return stream.CanSeek
                ? Open(stream, path)
                : throw new UnfoldException($"Cannot open {path}: it is a pipe or device, but a regular file was wanted.");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Validates the file in a seekable stream, which is disposed together with the result.</summary>
    /// <param name="stream">The whole file, from position 0.</param>
    /// <param name="name">What error messages call the file.</param>
    /// <exception cref="UnfoldException">The content breaks a rule of the format.</exception>
    public static SafeTensorsFile Open(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!stream.CanSeek)
        {
            throw new ArgumentException("A stream to read tensors from must be able to seek.", nameof(stream));
        }

        try
        {
            return new SafeTensorsFile(stream, name);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            throw new UnfoldException($"Cannot read {name}: {FileFailure.Reason(failure, name)}.", failure);
        }
    }

    /// <summary>True when the file holds a tensor of that name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>Throws unless the data are those that the file was written with, which takes as long as to read it. A file of another program, which says nothing of them, is believed.</summary>
    /// <exception cref="UnfoldException">They are others, or the file cannot be read.</exception>
    public void RequireUndamaged()
    {
        if (Metadata.TryGetValue(SafeTensorsHeader.HashKey, out string? hash) && hash != HashOfData())
        {
            throw new UnfoldException($"{_file} is damaged or was changed: it no longer holds the numbers that it was written with. Copy it again, or make it again.");
        }
    }

    /// <summary>The description of one tensor.</summary>
    /// <exception cref="UnfoldException">The file holds no tensor of that name.</exception>
    public SafeTensorsEntry Entry(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _byName.TryGetValue(name, out SafeTensorsEntry? entry)
            ? entry
            : throw new UnfoldException($"{_file} holds no tensor '{name}'; {Offer()}.");
    }

    /// <summary>Reads single-precision numbers (F32) of a known shape.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="destination">Receives the numbers, row-major; as long as the product of the shape.</param>
    /// <param name="shape">The sizes that the tensor must have, outermost first.</param>
    /// <exception cref="UnfoldException">The tensor is missing, has another type or shape, or the file cannot be read.</exception>
    public void ReadSingles(string name, Span<float> destination, params ReadOnlySpan<int> shape) =>
        Fill(Require(name, SafeTensorsType.F32, destination.Length, shape), MemoryMarshal.AsBytes(destination));

    /// <summary>Reads floats of any kind (F32, F64, F16, BF16) and rounds them to single precision; doubles beyond its range become infinities.</summary>
    /// <inheritdoc cref="ReadSingles(string, Span{float}, ReadOnlySpan{int})"/>
    public void ReadAsSingles(string name, Span<float> destination, params ReadOnlySpan<int> shape)
    {
        SafeTensorsEntry entry = Entry(name);
        if (entry.Type is not (SafeTensorsType.F32 or SafeTensorsType.F64 or SafeTensorsType.F16 or SafeTensorsType.BF16))
        {
            throw new UnfoldException($"Tensor '{name}' in {_file} should hold floats (F32, F64, F16 or BF16) and holds {entry.Type.Name()}.");
        }

        RequireShape(entry, destination.Length, shape);
        if (entry.Type == SafeTensorsType.F32)
        {
            Fill(entry, MemoryMarshal.AsBytes(destination));
            return;
        }

        try
        {
            _stream.Position = _header.DataStart + entry.Begin;
            LittleEndian.ReadConverted(_stream, entry.Type, destination);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            throw Unreadable(entry, failure);
        }
    }

    /// <summary>Reads double-precision numbers (F64) of a known shape.</summary>
    /// <inheritdoc cref="ReadSingles(string, Span{float}, ReadOnlySpan{int})"/>
    public void ReadDoubles(string name, Span<double> destination, params ReadOnlySpan<int> shape) =>
        Fill(Require(name, SafeTensorsType.F64, destination.Length, shape), MemoryMarshal.AsBytes(destination));

    /// <summary>Reads 64-bit integers (I64) of a known shape.</summary>
    /// <inheritdoc cref="ReadSingles(string, Span{float}, ReadOnlySpan{int})"/>
    public void ReadInt64s(string name, Span<long> destination, params ReadOnlySpan<int> shape) =>
        Fill(Require(name, SafeTensorsType.I64, destination.Length, shape), MemoryMarshal.AsBytes(destination));

    /// <summary>Reads bytes (U8) of a known shape.</summary>
    /// <inheritdoc cref="ReadSingles(string, Span{float}, ReadOnlySpan{int})"/>
    public void ReadBytes(string name, Span<byte> destination, params ReadOnlySpan<int> shape) =>
        Fill(Require(name, SafeTensorsType.U8, destination.Length, shape), destination);

    /// <summary>Reads a tensor of any type as the bytes that lie in the file, little-endian.</summary>
    /// <exception cref="UnfoldException">The tensor is missing, too large for one array, or the file cannot be read.</exception>
    public byte[] ReadRaw(string name)
    {
        SafeTensorsEntry entry = Entry(name);
        if (entry.ByteCount > Array.MaxLength)
        {
            throw new UnfoldException($"Tensor '{name}' in {_file} has {entry.ByteCount} bytes, and one array holds at most {Array.MaxLength}.");
        }

        // The length is safe to allocate: opening the file showed that it really has these bytes.
        byte[] bytes = new byte[entry.ByteCount];
        Fill(entry, bytes, width: 1);
        return bytes;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private SafeTensorsEntry Require(string name, SafeTensorsType type, int length, ReadOnlySpan<int> shape)
    {
        SafeTensorsEntry entry = Entry(name);
        if (entry.Type != type)
        {
            throw new UnfoldException($"Tensor '{name}' in {_file} should hold {type.Name()} and holds {entry.Type.Name()}.");
        }

        RequireShape(entry, length, shape);
        return entry;
    }

    private void RequireShape(SafeTensorsEntry entry, int length, ReadOnlySpan<int> shape)
    {
        bool same = entry.Shape.Count == shape.Length;
        for (int i = 0; same && i < shape.Length; i++)
        {
            same = entry.Shape[i] == shape[i];
        }

        if (!same)
        {
            throw new UnfoldException($"Tensor '{entry.Name}' in {_file} should have the shape [{string.Join(", ", shape.ToArray())}] and has [{string.Join(", ", entry.Shape)}].");
        }

        if (entry.Count != length)
        {
            throw new ArgumentException($"Tensor '{entry.Name}' has {entry.Count} elements, and the destination has room for {length}; they must be equal.");
        }
    }

    private void Fill(SafeTensorsEntry entry, Span<byte> destination) => Fill(entry, destination, entry.Type.Bytes());

    private void Fill(SafeTensorsEntry entry, Span<byte> destination, int width)
    {
        try
        {
            _stream.Position = _header.DataStart + entry.Begin;
            LittleEndian.Read(_stream, destination, width);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            throw Unreadable(entry, failure);
        }
    }

    private string HashOfData()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] part = new byte[1 << 16];
        try
        {
            _stream.Position = _header.DataStart;
            for (int count = _stream.Read(part); count > 0; count = _stream.Read(part))
            {
                hash.AppendData(part.AsSpan(0, count));
            }
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            throw new UnfoldException($"Cannot read {_file}: {FileFailure.Reason(failure, _file)}.", failure);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private UnfoldException Unreadable(SafeTensorsEntry entry, Exception failure) =>
        new($"Cannot read tensor '{entry.Name}' from {_file}: {FileFailure.Reason(failure, _file)}.", failure);

    private string Offer()
    {
        const int shown = 8;
        return _header.Entries.Length switch
        {
            0 => "it holds none at all",
            <= shown => $"it holds {string.Join(", ", _header.Entries.Select(entry => SafeTensorsHeader.Quoted(entry.Name)))}",
            int count => $"it holds {string.Join(", ", _header.Entries.Take(shown).Select(entry => SafeTensorsHeader.Quoted(entry.Name)))} and {count - shown} more",
        };
    }
}
