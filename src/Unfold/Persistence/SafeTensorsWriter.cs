using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>
/// Collects named tensors and writes them as one safetensors file. Equal content gives equal bytes, in whatever
/// order it was added.
/// </summary>
/// <remarks>
/// The file is: the length N of the header (8 bytes, little-endian), N bytes of JSON padded with spaces to a multiple of 8,
/// the tensors one after the other, row-major and little-endian, ordered by type (widest first) and then by name.
/// Tensors are not copied: the memory that is added is read when the file is written.
/// </remarks>
public sealed class SafeTensorsWriter
{
    private readonly Dictionary<string, Pending> _tensors = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal) { ["format"] = "pt" };

    /// <summary>Adds single-precision numbers; the product of <paramref name="shape"/> is their count, and no sizes mean a single number.</summary>
    /// <exception cref="ArgumentException">The name is empty, reserved, taken or not valid Unicode, or the shape does not fit.</exception>
    public void Add(string name, ReadOnlyMemory<float> values, params ReadOnlySpan<int> shape) =>
        Add(name, SafeTensorsType.F32, values.Length, shape, write => LittleEndian.Write(write, MemoryMarshal.AsBytes(values.Span), sizeof(float)));

    /// <summary>Adds double-precision numbers.</summary>
    /// <inheritdoc cref="Add(string, ReadOnlyMemory{float}, ReadOnlySpan{int})" path="/exception"/>
    public void Add(string name, ReadOnlyMemory<double> values, params ReadOnlySpan<int> shape) =>
        Add(name, SafeTensorsType.F64, values.Length, shape, write => LittleEndian.Write(write, MemoryMarshal.AsBytes(values.Span), sizeof(double)));

    /// <summary>Adds 64-bit integers.</summary>
    /// <inheritdoc cref="Add(string, ReadOnlyMemory{float}, ReadOnlySpan{int})" path="/exception"/>
    public void Add(string name, ReadOnlyMemory<long> values, params ReadOnlySpan<int> shape) =>
        Add(name, SafeTensorsType.I64, values.Length, shape, write => LittleEndian.Write(write, MemoryMarshal.AsBytes(values.Span), sizeof(long)));

    /// <summary>Adds bytes.</summary>
    /// <inheritdoc cref="Add(string, ReadOnlyMemory{float}, ReadOnlySpan{int})" path="/exception"/>
    public void Add(string name, ReadOnlyMemory<byte> values, params ReadOnlySpan<int> shape) =>
        Add(name, SafeTensorsType.U8, values.Length, shape, write => write(values.Span));

    /// <summary>
    /// Sets one string of the file's metadata. <c>format</c> is <c>pt</c> from the start: readers from the Python world ask for it. <c>data_sha256</c> is
    /// always what the data hash to.
    /// </summary>
    /// <exception cref="ArgumentException">The key or the value is not valid Unicode.</exception>
    public void SetMetadata(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        RequireUnicode(key, nameof(key));
        RequireUnicode(value, nameof(value));
        _metadata[key] = value;
    }

    /// <summary>Writes the file's bytes to a stream.</summary>
    /// <exception cref="UnfoldException">The header would be larger than a reader accepts.</exception>
    public void Write(Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        KeyValuePair<string, Pending>[] ordered = [.. _tensors];
        Array.Sort(ordered, CompareInFile);

        ReadOnlySpan<byte> header = Header(ordered);
        int padding = (8 - (header.Length % 8)) % 8;
        if (header.Length + padding > SafeTensorsHeader.MaximumBytes)
        {
            throw new UnfoldException($"A safetensors header holds at most {SafeTensorsHeader.MaximumBytes} bytes; {ordered.Length} tensors and the metadata need {header.Length}: store long text as a tensor of bytes.");
        }

        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length + padding);
        destination.Write(length);
        destination.Write(header);
        destination.Write("       "u8[..padding]);
        foreach ((_, Pending tensor) in ordered)
        {
            tensor.WriteTo(destination.Write);
        }
    }

    /// <summary>Writes the file whole or not at all (see <see cref="AtomicFile"/>).</summary>
    /// <exception cref="UnfoldException">The file cannot be written; what stood there before is unchanged.</exception>
    public void Save(string path) => AtomicFile.Write(path, Write);

    private void Add(string name, SafeTensorsType type, int count, ReadOnlySpan<int> shape, Action<Action<ReadOnlySpan<byte>>> writeTo)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        RequireUnicode(name, nameof(name));
        if (name == SafeTensorsHeader.MetadataKey)
        {
            throw new ArgumentException($"A tensor cannot be called {name}: the format keeps that name for the metadata.", nameof(name));
        }

        long product = 1;
        foreach (int size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            product = checked(product * size);
        }

        if (product != count)
        {
            throw new ArgumentException($"Tensor {name}: the shape [{string.Join(", ", shape.ToArray())}] wants {product} elements, and there are {count}.", nameof(shape));
        }

        if (!_tensors.TryAdd(name, new Pending(type, shape.ToArray(), count, writeTo)))
        {
            throw new ArgumentException($"A tensor called {name} was added already.", nameof(name));
        }
    }

    private static string HashOf(KeyValuePair<string, Pending>[] ordered)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((_, Pending tensor) in ordered)
        {
            tensor.WriteTo(hash.AppendData);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private byte[] Header(KeyValuePair<string, Pending>[] ordered)
    {
        var metadata = new SortedDictionary<string, string>(_metadata, StringComparer.Ordinal) { [SafeTensorsHeader.HashKey] = HashOf(ordered) };
        var bytes = new ArrayBufferWriter<byte>(4096);

        // Names in other scripts stay readable in the file; nothing here is ever put into a web page.
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafeTensorsHeader.MetadataKey);
            foreach ((string key, string value) in metadata)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            long offset = 0;
            foreach ((string name, Pending tensor) in ordered)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.Type.Name());
                json.WriteStartArray("shape");
                foreach (int size in tensor.Shape)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset += (long)tensor.Count * tensor.Type.Bytes();
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static int CompareInFile(KeyValuePair<string, Pending> left, KeyValuePair<string, Pending> right)
    {
        int byType = right.Value.Type.CompareTo(left.Value.Type);

        // The reference implementation compares names as UTF-8, which differs from UTF-16 beyond the basic plane.
        return byType != 0 ? byType : Encoding.UTF8.GetBytes(left.Key).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right.Key));
    }

    private static void RequireUnicode(string text, string parameter)
    {
        if (HalfCharacter.IndexIn(text) is var half and >= 0)
        {
            throw new ArgumentException($"Names and metadata must be valid Unicode; there is half a surrogate pair at position {half}.", parameter);
        }
    }

    private sealed record Pending(SafeTensorsType Type, int[] Shape, int Count, Action<Action<ReadOnlySpan<byte>>> WriteTo);
}
