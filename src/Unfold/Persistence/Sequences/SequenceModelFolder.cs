using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Unfold.Autograd;
using Unfold.Models;

namespace Unfold.Persistence;

/// <summary>
/// A model of sequences on disk: a folder with config.json (its type, shape, tables and scales, the hash of its weights, and one of all that),
/// model.safetensors (the weights) and README.md (a card for readers).
/// </summary>
internal static class SequenceModelFolder
{
    /// <summary>The field of config.json that says what a folder holds; the language model has none.</summary>
    public const string TypeField = "type";

    private const string VersionField = "unfold_format";
    private const string HashField = "weights_sha256";
    private const string ConfigHashField = "config_sha256";
    private const int FormatVersion = 1;

    // What the Save and Load of all models call it.
    private const string FolderParameter = "folder";

    /// <summary>Writes a model: all files whole or none, but for a crash in between, which a reader notices.</summary>
    /// <param name="path">The folder; it is created, and a model in it is replaced.</param>
    /// <param name="model">The model.</param>
    /// <param name="write">Writes what the type of the model adds to config.json.</param>
    /// <param name="more">Further files of that type, whole paths.</param>
    /// <exception cref="UnfoldException">The folder or a file cannot be written, or a weight is not a number.</exception>
    public static void Save(string path, SequenceModel model, Action<Utf8JsonWriter> write, params ReadOnlySpan<(string Path, Action<Stream> Write)> more)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(path, FolderParameter);
        var folder = new ModelFolder(path);
        string type = model.GetType().Name;
        ModelWeights.RequireSavable(model.Parameters, folder.Shown);
        byte[] config = Config(type, model, write);
        if (config.Length > JsonFields.MaximumFileBytes)
        {
            throw new UnfoldException($"The model is not saved to {folder.Shown}: its config.json would have {config.Length} bytes, and at most {JsonFields.MaximumFileBytes} can be read again; give fewer symbols a vector of their own (MinimumCount).");
        }

        folder.CreateFolder();
        var weights = new SafeTensorsWriter();
        ModelWeights.Add(weights, model.Parameters);
        AtomicFile.WriteTogether(
        [
            .. more,
            (folder.CardFile, stream => stream.Write(Encoding.UTF8.GetBytes(Card(folder, type, model)))),
            (folder.ConfigFile, stream => stream.Write(config)),
            (folder.WeightsFile, weights.Write),
        ]);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="read">Reads what the type adds to config.json, and says how large the model is before it is made.</param>
    /// <exception cref="UnfoldException">The folder is no such model, or damaged, or newer than this Unfold; the message names the file.</exception>
    public static T Load<T>(string path, Func<JsonFields, Blueprint<T>> read)
        where T : SequenceModel
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path, FolderParameter);
        var folder = new ModelFolder(path);
        folder.Require($"Save one with the Save of {WithArticle(typeof(T).Name)}.");
        JsonFields fields = JsonFields.Read(folder.ConfigFile);
        fields.Version(VersionField, FormatVersion);
        string type = fields.Has(TypeField) ? fields.String(TypeField) : nameof(LanguageModel);
        if (type != typeof(T).Name)
        {
            throw new UnfoldException($"{folder.Shown} holds {WithArticle(type)} and not {WithArticle(typeof(T).Name)}: load it with the class that it was saved with.");
        }

        string hash = fields.String(HashField), configHash = fields.String(ConfigHashField);
        Blueprint<T> blueprint = fields.Named(() => read(fields));
        fields.Done();
        if (!File.Exists(folder.WeightsFile))
        {
            throw new UnfoldException($"{folder.Shown} has no model.safetensors: the model is not whole. Copy the folder again, or fit the model again.");
        }

        using SafeTensorsFile file = SafeTensorsFile.Open(folder.WeightsFile);
        long stored = file.Entries.Sum(entry => entry.Count);
        if (stored != blueprint.Parameters)
        {
            throw new UnfoldException(FormattableString.Invariant($"{folder.Shown} does not fit together: config.json describes a model of {blueprint.Parameters:N0} parameters, and model.safetensors holds {stored:N0}."));
        }

        if (HashOf(fields) != configHash)
        {
            throw new UnfoldException($"{folder.ConfigFile} is damaged or was changed: it no longer says what it was saved with. Copy the folder again, or fit the model again.");
        }

        T model = fields.Named(blueprint.Create);
        ModelWeights.Read(file, model.Parameters);
        return HashOf(model.Parameters) == hash
            ? model
            : throw new UnfoldException($"{folder.Shown} does not fit together: model.safetensors holds other weights than those that config.json was written with. Copy the folder again, or fit the model again.");
    }

    /// <summary>The name of a type with a or an before it.</summary>
    public static string WithArticle(string type) => $"{(type.Length > 0 && "AEIOU".Contains(type[0], StringComparison.Ordinal) ? "an" : "a")} {type}";

    private static byte[] Config(string type, SequenceModel model, Action<Utf8JsonWriter> write)
    {
        string hash = HashOf(model.Parameters);
        JsonFields content = JsonFields.Parse(Config(type, hash, configHash: "", write), "config.json");
        return Config(type, hash, HashOf(content), write);
    }

    private static byte[] Config(string type, string hash, string configHash, Action<Utf8JsonWriter> write)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, SequenceConfig.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber(VersionField, FormatVersion);
            json.WriteString(TypeField, type);
            json.WriteString(HashField, hash);
            json.WriteString(ConfigHashField, configHash);
            write(json);
            json.WriteEndObject();
        }

        return memory.ToArray();
    }

    /// <summary>SHA-256 over all of config.json but itself, as a digit of a scale or a label may be damaged and still be one.</summary>
    private static string HashOf(JsonFields config) => Convert.ToHexStringLower(SHA256.HashData(config.WithoutField(ConfigHashField)));

    /// <summary>SHA-256 over the values of all parameters in their order.</summary>
    private static string HashOf(ParameterSet parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = new byte[1 << 14];
        foreach (Parameter parameter in parameters)
        {
            for (ReadOnlySpan<float> left = parameter.Values; !left.IsEmpty;)
            {
                ReadOnlySpan<float> block = left[..Math.Min(left.Length, bytes.Length / sizeof(float))];
                for (int i = 0; i < block.Length; i++)
                {
                    System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes[(i * sizeof(float))..], block[i]);
                }

                hash.AppendData(bytes[..(block.Length * sizeof(float))]);
                left = left[block.Length..];
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Card(ModelFolder folder, string type, SequenceModel model)
    {
        string name = Path.GetFileName(folder.FullPath);
        string fit = model.Training is not { } training ? "" : FormattableString.Invariant(
            $"\nFitted in {training.Epochs.Count} epochs, {training.Seconds:0.0} s; training loss {training.Best.Training:0.0000}{(double.IsNaN(training.Best.Validation) ? "" : FormattableString.Invariant($", validation loss {training.Best.Validation:0.0000}"))} in epoch {training.BestEpoch}, whose weights these are.\n");
        return $"# {name}\n\nA{WithArticle(type)[1..]} of Unfold.\n\n```\n{model}\n```\n{fit}\n## Use\n\n```csharp\nusing Unfold.Models;\nusing Unfold.Persistence;\n\n{type} model = {type}.Load(\"{name}\");\n```\n\n`model.safetensors` holds the weights, `config.json` the shape, the symbols and the scales.\n";
    }
}

/// <summary>A model before memory is taken for it.</summary>
/// <param name="Parameters">The number of its learned values.</param>
/// <param name="Create">Makes it, with weights that are still to be read.</param>
internal readonly record struct Blueprint<T>(Int128 Parameters, Func<T> Create);
