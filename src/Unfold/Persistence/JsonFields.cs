using System.Globalization;
using System.Text.Json;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>
/// Strict reading of a small JSON settings file: every field is asked for by name, type and range, and what does
/// not fit is reported in one sentence that names the file and the field.
/// </summary>
internal sealed class JsonFields
{
    /// <summary>The most bytes that <see cref="Read"/> reads.</summary>
    internal const long MaximumFileBytes = 16 << 20;

    private readonly string _file;
    private readonly string _prefix;
    private readonly JsonElement _object;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    private JsonFields(string file, string prefix, JsonElement element)
    {
        _file = file;
        _prefix = prefix;
        _object = element;
    }

    /// <summary>What messages call the file.</summary>
    public string Path => _file;

    /// <summary>Reads a file that holds one JSON object in UTF-8, at most 16 MiB.</summary>
    /// <exception cref="UnfoldException">The file is missing, cannot be read, or is not a JSON object without repeated names.</exception>
    public static JsonFields Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Parse(WholeFile.Read(path, MaximumFileBytes), path);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            throw new UnfoldException($"Cannot read {path}: {FileFailure.Reason(failure, path)}.", failure);
        }
    }

    /// <summary>Reads one JSON object from UTF-8 bytes, with or without a byte order mark.</summary>
    /// <param name="utf8">The whole object.</param>
    /// <param name="name">What error messages call its file.</param>
    /// <exception cref="UnfoldException">The bytes are not a JSON object without repeated names.</exception>
    public static JsonFields Parse(ReadOnlyMemory<byte> utf8, string name)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonFields(name, "", document.RootElement.Clone())
                : throw new UnfoldException($"Cannot read {name}: it should hold one JSON object and holds {Kind(document.RootElement)}.");
        }
        catch (JsonException failure)
        {
            throw new UnfoldException($"Cannot read {name}: it is not valid JSON (line {failure.LineNumber + 1}), or a name stands in it twice.", failure);
        }
        catch (InvalidOperationException failure)
        {
            // An escape such as \ud800 passes as JSON and is half a character.
            throw new UnfoldException($"Cannot read {name}: a name in it is not valid Unicode.", failure);
        }
    }

    /// <summary>True when the object has a field of that name that is not null.</summary>
    public bool Has(string name)
    {
        _asked.Add(name);
        return _object.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>A whole number from <paramref name="minimum"/> to <paramref name="maximum"/>.</summary>
    /// <exception cref="UnfoldException">The field is missing, of another type or out of range.</exception>
    public int Int32(string name, int minimum, int maximum) => (int)Int64(name, minimum, maximum);

    /// <summary>A whole number from <paramref name="minimum"/> to <paramref name="maximum"/>.</summary>
    /// <exception cref="UnfoldException">The field is missing, of another type or out of range.</exception>
    public long Int64(string name, long minimum, long maximum)
    {
        JsonElement value = Field(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= minimum && number <= maximum
            ? number
            : throw Wrong(name, $"a whole number from {minimum} to {maximum}", value);
    }

    /// <summary>Whole numbers from <paramref name="minimum"/> to <paramref name="maximum"/>: one, or a list of at least one.</summary>
    /// <exception cref="UnfoldException">The field is missing, of another type or out of range.</exception>
    public IReadOnlyList<int> Int32OrList(string name, int minimum, int maximum)
    {
        JsonElement value = Field(name);
        if (value.ValueKind != JsonValueKind.Array)
        {
            return [Int32(name, minimum, maximum)];
        }

        int[] numbers = [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int number) && number >= minimum && number <= maximum
            ? number
            : throw Wrong(name, $"a list of whole numbers from {minimum} to {maximum} only", item))];
        return numbers.Length > 0 ? numbers : throw Wrong(name, "a list of at least one whole number", value);
    }

    /// <summary>A whole number of 64 bits without a sign.</summary>
    /// <exception cref="UnfoldException">The field is missing, of another type or out of range.</exception>
    public ulong UInt64(string name)
    {
        JsonElement value = Field(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong number)
            ? number
            : throw Wrong(name, $"a whole number from 0 to {ulong.MaxValue}", value);
    }

    /// <summary>A finite number from <paramref name="minimum"/> to <paramref name="maximum"/>, both included.</summary>
    /// <exception cref="UnfoldException">The field is missing, of another type or out of range.</exception>
    public double Double(string name, double minimum, double maximum)
    {
        JsonElement value = Field(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) && number >= minimum && number <= maximum
            ? number
            : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}"), value);
    }

    /// <summary>A string.</summary>
    /// <exception cref="UnfoldException">The field is missing or of another type.</exception>
    public string String(string name)
    {
        JsonElement value = Field(name);
        return Text(name, value, "a string");
    }

    /// <summary>True or false.</summary>
    /// <exception cref="UnfoldException">The field is missing or of another type.</exception>
    public bool Boolean(string name)
    {
        JsonElement value = Field(name);
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Wrong(name, "true or false", value);
    }

    /// <summary>A member of an enumeration by its name, in upper or lower case.</summary>
    /// <exception cref="UnfoldException">The field is missing, of another type or not a member's name.</exception>
    public T Enum<T>(string name)
        where T : struct, Enum
    {
        JsonElement value = Field(name);
        string[] names = System.Enum.GetNames<T>();
        string wanted = $"one of {string.Join(", ", names.Select(one => one.ToLowerInvariant()))}";
        string text = Text(name, value, wanted);
        int index = Array.FindIndex(names, one => one.Equals(text, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? System.Enum.Parse<T>(names[index]) : throw Wrong(name, wanted, value);
    }

    /// <summary>A list of strings.</summary>
    /// <exception cref="UnfoldException">The field is missing or holds something other than strings.</exception>
    public IReadOnlyList<string> Strings(string name)
    {
        JsonElement value = Field(name);
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => Text(name, item, "a list of strings only"))]
            : throw Wrong(name, "a list of strings", value);
    }

    /// <summary>A list of finite numbers.</summary>
    /// <exception cref="UnfoldException">The field is missing or holds something other than numbers.</exception>
    public IReadOnlyList<double> Doubles(string name)
    {
        JsonElement value = Field(name);
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out double number) && double.IsFinite(number)
                ? number
                : throw Wrong(name, "a list of numbers only", item))]
            : throw Wrong(name, "a list of numbers", value);
    }

    /// <summary>A list of objects; the fields of one are called <c>outer[0].inner</c> in messages.</summary>
    /// <exception cref="UnfoldException">The field is missing or holds something other than objects.</exception>
    public IReadOnlyList<JsonFields> Objects(string name)
    {
        JsonElement value = Field(name);
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select((item, index) => item.ValueKind == JsonValueKind.Object
                ? new JsonFields(_file, $"{_prefix}{name}[{index}].", item)
                : throw Wrong(name, "a list of objects only", item))]
            : throw Wrong(name, "a list of objects", value);
    }

    /// <summary>A nested object; its fields are called <c>outer.inner</c> in messages.</summary>
    /// <exception cref="UnfoldException">The field is missing or of another type.</exception>
    public JsonFields Object(string name)
    {
        JsonElement value = Field(name);
        return value.ValueKind == JsonValueKind.Object
            ? new JsonFields(_file, $"{_prefix}{name}.", value)
            : throw Wrong(name, "an object", value);
    }

    /// <summary>Reads the file's format version and refuses one that this Unfold does not know yet.</summary>
    /// <param name="name">The field that holds the version, a whole number from 1.</param>
    /// <param name="newest">The newest version that the caller understands.</param>
    /// <exception cref="UnfoldException">The field is missing or not a version, or the file is newer.</exception>
    public int Version(string name, int newest)
    {
        int version = Int32(name, 1, int.MaxValue);
        return version <= newest
            ? version
            : throw new UnfoldException($"{_file} was written by a newer Unfold: its {_prefix}{name} is {version}, and this one reads up to {newest}; update Unfold to use it.");
    }

    /// <summary>All fields but one, in their order and without white space: the same bytes for the same content, however the file is laid out.</summary>
    public byte[] WithoutField(string name)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            foreach (JsonProperty property in _object.EnumerateObject().Where(property => property.Name != name))
            {
                property.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return memory.ToArray();
    }

    /// <summary>Sees to it that a sentence about what the file holds names it.</summary>
    public T Named<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UnfoldException failure) when (!failure.Message.Contains(_file, StringComparison.Ordinal))
        {
            throw new UnfoldException($"{_file} is damaged: {failure.Message}", failure);
        }
    }

    /// <summary>Ends the reading: refuses fields that nobody asked for, which would otherwise be settings without effect.</summary>
    /// <exception cref="UnfoldException">The object holds another field.</exception>
    public void Done()
    {
        foreach (JsonProperty property in _object.EnumerateObject())
        {
            string name = NameOf(property);
            if (!_asked.Contains(name))
            {
                throw new UnfoldException($"{_file} holds the field '{_prefix}{Shown(name)}', which is not known; the known ones are {string.Join(", ", _asked.Order(StringComparer.Ordinal))}.");
            }
        }
    }

    private JsonElement Field(string name)
    {
        _asked.Add(name);
        return _object.TryGetProperty(name, out JsonElement value)
            ? value
            : throw new UnfoldException($"{_file} has no field '{_prefix}{name}'; it should have one.");
    }

    private string Text(string name, JsonElement value, string wanted)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw Wrong(name, wanted, value);
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException failure)
        {
            throw new UnfoldException($"{_file}: the field '{_prefix}{name}' holds text that is not valid Unicode.", failure);
        }
    }

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }

    private UnfoldException Wrong(string name, string wanted, JsonElement found) =>
        new($"{_file}: the field '{_prefix}{name}' should be {wanted} and is {Kind(found)}.");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => Shown(value.GetRawText()),
    };

    private static string Shown(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
