using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Unfold.Persistence;

/// <summary>
/// Reads and validates the header of a safetensors file. Nothing in the file is believed before it is checked: no
/// length reaches an allocation before the size of the file bears it out.
/// </summary>
internal sealed class SafeTensorsHeader
{
    /// <summary>The largest header that the format allows.</summary>
    public const int MaximumBytes = 100_000_000;

    /// <summary>The reserved name under which a header keeps its strings.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>The string that holds the SHA-256 of all that follows the header, in hexadecimal digits.</summary>
    public const string HashKey = "data_sha256";

    private const int MaximumDepth = 64;

    private SafeTensorsHeader(SafeTensorsEntry[] entries, Dictionary<string, string> metadata, long dataStart)
    {
        Entries = entries;
        Metadata = metadata;
        DataStart = dataStart;
    }

    /// <summary>The tensors in the order in which they lie in the file.</summary>
    public SafeTensorsEntry[] Entries { get; }

    /// <summary>The strings under <see cref="MetadataKey"/>.</summary>
    public Dictionary<string, string> Metadata { get; }

    /// <summary>The position of the first byte after the header.</summary>
    public long DataStart { get; }

    /// <summary>Reads the header from the start of a seekable stream.</summary>
    /// <exception cref="UnfoldException">The file breaks a rule of the format.</exception>
    public static SafeTensorsHeader Read(Stream stream, string file)
    {
        long fileBytes = stream.Length;
        Span<byte> lengthBytes = stackalloc byte[8];
        if (fileBytes < lengthBytes.Length)
        {
            throw Damaged(file, $"it has {fileBytes} bytes, and a safetensors file begins with 8 bytes that give the length of its header");
        }

        stream.Position = 0;
        stream.ReadExactly(lengthBytes);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > MaximumBytes)
        {
            throw Damaged(file, $"its header would have {length} bytes, and at most {MaximumBytes} are allowed: it is damaged or not a safetensors file");
        }

        if ((long)length > fileBytes - 8)
        {
            throw Damaged(file, $"its header would have {length} bytes, and only {fileBytes - 8} follow: it is cut short or not a safetensors file");
        }

        byte[] json = new byte[(int)length];
        stream.ReadExactly(json);
        if (json.Length == 0 || json[0] != (byte)'{')
        {
            throw Damaged(file, "its header does not begin with '{'");
        }

        if (!Utf8.IsValid(json))
        {
            throw Damaged(file, "its header is not valid UTF-8");
        }

        long dataStart = 8 + json.Length;
        (List<SafeTensorsEntry> entries, Dictionary<string, string> metadata) = Parse(json, file);
        return new SafeTensorsHeader(InFileOrder(entries, fileBytes - dataStart, file), metadata, dataStart);
    }

    /// <summary>The failure of a file that breaks the format.</summary>
    public static UnfoldException Damaged(string file, string finding) => new($"Cannot read {file}: {finding}.");

    private static (List<SafeTensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(byte[] json, string file)
    {
        var entries = new List<SafeTensorsEntry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = Text(ref reader, file);
                if (!names.Add(name))
                {
                    throw Damaged(file, $"its header names {Quoted(name)} twice");
                }

                reader.Read();
                if (name == MetadataKey)
                {
                    ReadMetadata(ref reader, metadata, file);
                }
                else
                {
                    entries.Add(SafeTensorsEntryParser.Read(ref reader, name, file));
                }
            }

            // Anything but spaces after the closing brace makes this throw.
            reader.Read();
        }
        catch (JsonException failure)
        {
            throw new UnfoldException($"Cannot read {file}: its header is not the JSON object it should be (byte {failure.BytePositionInLine}): it is damaged or not a safetensors file.", failure);
        }

        return (entries, metadata);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata, string file)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Damaged(file, $"its {MetadataKey} is not an object of strings");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = Text(ref reader, file);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw Damaged(file, $"the value of {Quoted(key)} in its {MetadataKey} is not a string");
            }

            if (!metadata.TryAdd(key, Text(ref reader, file)))
            {
                throw Damaged(file, $"its {MetadataKey} names {Quoted(key)} twice");
            }
        }
    }

    private static SafeTensorsEntry[] InFileOrder(List<SafeTensorsEntry> entries, long dataBytes, string file)
    {
        SafeTensorsEntry[] ordered = [.. entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        long covered = 0;
        foreach (SafeTensorsEntry entry in ordered)
        {
            if (entry.Begin < covered)
            {
                throw Damaged(file, $"tensor {Quoted(entry.Name)} begins at byte {entry.Begin} of the data, inside another tensor that ends at {covered}");
            }

            if (entry.Begin > covered)
            {
                throw Damaged(file, $"no tensor covers bytes {covered} to {entry.Begin} of the data, before {Quoted(entry.Name)}");
            }

            covered = entry.End;
        }

        if (covered > dataBytes)
        {
            throw Damaged(file, $"its tensors need {covered} bytes of data, and {dataBytes} are there: it is cut short");
        }

        if (covered < dataBytes)
        {
            throw Damaged(file, $"its tensors end after {covered} bytes of data, and {dataBytes - covered} bytes follow that belong to none");
        }

        return ordered;
    }

    /// <summary>The current name or string.</summary>
    internal static string Text(ref Utf8JsonReader reader, string file)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 passes as JSON and is half a character.
            throw Damaged(file, "a string in its header is not valid Unicode");
        }
    }

    /// <summary>A name from the file between quotes, cut when it is long.</summary>
    internal static string Quoted(string name) => name.Length <= 80 ? $"'{name}'" : $"'{name.AsSpan(0, 80)}...'";
}
