using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Unfold.Text;

/// <summary>Reads and writes vocabulary.json: format, version, kind of tokens, lower-casing, mode, merges of subwords, the user's words, special and ordinary symbols. Version 1 knew running text alone.</summary>
internal static class VocabularyFile
{
    private const string Format = "unfold-vocabulary";
    private const int Version = 2;

    /// <summary>A file above this size is no vocabulary: it is refused before it is read into memory.</summary>
    private const long MaximumBytes = 512L << 20;

    public static void Write(Vocabulary vocabulary, Stream destination)
    {
        using Utf8JsonWriter writer = new(destination, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        writer.WriteNumber("version", Version);
        writer.WriteString("tokens", vocabulary.Kind.Name);
        writer.WriteBoolean("lowercase", vocabulary.LetterCase == LetterCase.Lowered);
        writer.WriteBoolean("sentences", vocabulary.Mode == TextMode.Sentences);
        if (vocabulary.Tokenization.IcuVersion is { } icu)
        {
            writer.WriteString("icu", icu);
        }

        writer.WriteStartArray("special");
        foreach (string special in Vocabulary.Specials)
        {
            writer.WriteStringValue(special);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("symbols");
        for (int id = Vocabulary.SpecialCount; id < vocabulary.Count; id++)
        {
            writer.WriteStringValue(vocabulary[id]);
        }

        writer.WriteEndArray();
        if (vocabulary.Tokenization.Pairs is { } pairs)
        {
            WriteMerges(writer, pairs);
        }

        if (vocabulary.Tokenization.Dictionary is { } dictionary)
        {
            WriteDictionary(writer, dictionary);
        }

        writer.WriteEndObject();
    }

    public static Vocabulary Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Read(ReadBytes(path), path);
    }

    /// <summary>Reads a table from memory; <paramref name="path"/> names in messages where it comes from.</summary>
    public static Vocabulary Read(ReadOnlyMemory<byte> bytes, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            return Parse(document.RootElement, path);
        }
        catch (JsonException failure)
        {
            throw new UnfoldException($"The vocabulary {path} is damaged: it wanted to be JSON, but after line {failure.LineNumber + 1 ?? 1} it is not, or a name stands in it twice; take it from the model's folder again.", failure);
        }
        catch (InvalidOperationException failure)
        {
            throw new UnfoldException($"The vocabulary {path} is damaged: a string in it is not valid Unicode; take it from the model's folder again.", failure);
        }
    }

    private static byte[] ReadBytes(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UnfoldException($"The vocabulary {path} is a folder, but a JSON file was wanted.");
        }

        if (!File.Exists(path))
        {
            throw new UnfoldException($"The vocabulary {path} does not exist; a model's folder holds one named vocabulary.json.");
        }

        try
        {
            return WholeFile.Read(path, MaximumBytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnfoldException($"The vocabulary {path} could not be read: {failure.Message}", failure);
        }
    }

    private static Vocabulary Parse(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("format", out JsonElement format) || format.ValueKind != JsonValueKind.String || !format.ValueEquals(Format))
        {
            throw new UnfoldException($"The file {path} is not a vocabulary of Unfold: it wanted a JSON object with \"format\": \"{Format}\".");
        }

        int version = Property(root, "version", JsonValueKind.Number, path).TryGetInt32(out int number) ? number : -1;
        if (version is < 1 or > Version)
        {
            string advice = version > Version ? "it was written by a newer Unfold; update this one" : "it is damaged";
            throw new UnfoldException($"The vocabulary {path} has format version {(version < 0 ? "that is no whole number" : version)}, but version 1 to {Version} was wanted: {advice}.");
        }

        string tokens = Property(root, "tokens", JsonValueKind.String, path).GetString()!;
        TokenKind kind = Kind(tokens, path);
        Tokenization tokenization = new(kind)
        {
            LetterCase = Truth(root, "lowercase", path) ? LetterCase.Lowered : LetterCase.Kept,
            Mode = version > 1 && Truth(root, "sentences", path) ? TextMode.Sentences : TextMode.Running,
        };
        List<string> specials = Strings(root, "special", path);
        if (!CollectionsMarshal.AsSpan(specials).SequenceEqual(Vocabulary.Specials))
        {
            throw new UnfoldException($"The vocabulary {path} has the special symbols [{string.Join(", ", specials.Take(8))}], but [{string.Join(", ", Vocabulary.Specials.ToArray())}] were wanted.");
        }

        List<string> symbols = Strings(root, "symbols", path);
        List<string> merges = kind == TokenKind.BytePair ? Strings(root, "merges", path) : [];
        List<KeyValuePair<string, long>> words = kind == TokenKind.Segmented && root.TryGetProperty("dictionary", out _) ? Counts(root, "dictionary", path) : [];
        try
        {
            tokenization = tokenization with
            {
                Pairs = kind == TokenKind.BytePair ? Pairs(symbols, merges) : null,
                Dictionary = words.Count > 0 ? new WordList(words) : null,
                IcuVersion = kind == TokenKind.Segmented && root.TryGetProperty("icu", out _) ? Property(root, "icu", JsonValueKind.String, path).GetString() : null,
            };
            return new Vocabulary(tokenization, symbols);
        }
        catch (UnfoldException failure)
        {
            throw failure.After($"The file {path} is damaged: ");
        }
    }

    private static TokenKind Kind(string name, string path)
    {
        TokenKind[] kinds = Enum.GetValues<TokenKind>();
        int index = Array.FindIndex(kinds, kind => kind.Name == name);
        return index >= 0
            ? kinds[index]
            : throw new UnfoldException($"The vocabulary {path} has tokens {Vocabulary.Quoted(name)}, but one of {string.Join(", ", kinds.Select(kind => kind.Name))} was wanted.");
    }

    private static void WriteMerges(Utf8JsonWriter writer, BytePairEncoding pairs)
    {
        writer.WriteStartArray("merges");
        foreach ((string left, string right) in pairs.Merges)
        {
            writer.WriteStringValue(left);
            writer.WriteStringValue(right);
        }

        writer.WriteEndArray();
    }

    private static void WriteDictionary(Utf8JsonWriter writer, WordList dictionary)
    {
        writer.WriteStartObject("dictionary");
        foreach ((string word, long count) in dictionary.Words)
        {
            writer.WriteNumber(word, count);
        }

        writer.WriteEndObject();
    }

    private static List<KeyValuePair<string, long>> Counts(JsonElement root, string name, string path)
    {
        List<KeyValuePair<string, long>> counts = [];
        foreach (JsonProperty entry in Property(root, name, JsonValueKind.Object, path).EnumerateObject())
        {
            counts.Add(entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt64(out long count)
                ? new(entry.Name, count)
                : throw new UnfoldException($"The vocabulary {path} is damaged: the word {Vocabulary.Quoted(entry.Name)} of \"{name}\" wanted a whole number."));
        }

        return counts;
    }

    /// <summary>The table of subwords: its merges lie one after the other, two symbols each, and what stands before the first of what they make are its characters.</summary>
    private static BytePairEncoding Pairs(List<string> symbols, List<string> merges)
    {
        int characters = symbols.Count - BytePairEncoding.ByteCount - (merges.Count / 2);
        return merges.Count % 2 == 0 && characters >= 0
            ? new BytePairEncoding(symbols.Take(characters), merges.Chunk(2).Select(pair => (pair[0], pair[1])))
            : throw new UnfoldException($"The table of subwords has {merges.Count} parts of merges and {symbols.Count} symbols, but two parts for each symbol that is no character and no byte were wanted.");
    }

    private static bool Truth(JsonElement root, string name, string path)
    {
        if (root.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        throw new UnfoldException($"The vocabulary {path} is damaged: it wanted true or false for \"{name}\".");
    }

    private static JsonElement Property(JsonElement root, string name, JsonValueKind kind, string path) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == kind
            ? value
            : throw new UnfoldException($"The vocabulary {path} is damaged: it wanted a property \"{name}\" that is a JSON {kind.ToString().ToLowerInvariant()}.");

    private static List<string> Strings(JsonElement root, string name, string path)
    {
        JsonElement array = Property(root, name, JsonValueKind.Array, path);
        List<string> strings = new(array.GetArrayLength());
        foreach (JsonElement item in array.EnumerateArray())
        {
            strings.Add(item.ValueKind == JsonValueKind.String
                ? item.GetString()!
                : throw new UnfoldException($"The vocabulary {path} is damaged: item {strings.Count} of \"{name}\" wanted to be a string, but is a JSON {item.ValueKind.ToString().ToLowerInvariant()}."));
        }

        return strings;
    }
}
