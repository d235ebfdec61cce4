using System.Text.Json;
using Unfold.Models;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>
/// A training of a <see cref="ClozeModel"/> that has not ended, in the folder that the model goes to: run.json says how it is trained on what,
/// vocabulary.json holds the tokens, checkpoint.safetensors how far it has come.
/// </summary>
/// <param name="Model">The layers of each of the two stacks.</param>
/// <param name="Training">How it is trained.</param>
/// <param name="Data">Where the text comes from.</param>
public sealed record ClozeRun(SequenceEncoderSettings Model, FitOptions Training, RunData Data)
{
    /// <summary>The name of the file that makes a folder a training.</summary>
    public const string FileName = "run.json";

    private const string VersionField = "unfold_run";
    private const int FormatVersion = 1;

    /// <summary>Whether a training that has not ended stands in a folder.</summary>
    public static bool IsIn(string folder) => File.Exists(FileIn(folder));

    /// <summary>The checkpoint of a folder.</summary>
    public static string CheckpointIn(string folder) => new ModelFolder(folder).CheckpointFile;

    /// <summary>Writes run.json and vocabulary.json.</summary>
    /// <exception cref="UnfoldException">A file cannot be written.</exception>
    public void Save(string folder, Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);

        // The first one takes its place last: run.json makes the folder a training.
        AtomicFile.WriteTogether((FileIn(folder), Write), (new ModelFolder(folder).VocabularyFile, vocabulary.Write));
    }

    /// <summary>Reads run.json.</summary>
    /// <exception cref="UnfoldException">It is missing, damaged, newer than this Unfold, or holds a value out of range.</exception>
    public static ClozeRun Read(string folder)
    {
        JsonFields fields = JsonFields.Read(FileIn(folder));
        fields.Version(VersionField, FormatVersion);
        return fields.Named(() => Read(fields));
    }

    /// <summary>Takes the training out of a folder; a model in it stays. What cannot be deleted stays too: it goes on to the same model.</summary>
    public static void Delete(string folder)
    {
        // Without run.json the others mean nothing, so it goes first.
        var model = new ModelFolder(folder);
        string[] files = [FileIn(folder), model.CheckpointFile, .. File.Exists(model.ConfigFile) ? Array.Empty<string>() : [model.VocabularyFile]];
        foreach (string file in files)
        {
            try
            {
                File.Delete(file);
                AtomicFile.SweepLeftOvers(file);
            }
            catch (Exception failure) when (FileFailure.IsFileFailure(failure))
            {
            }
        }
    }

    private static ClozeRun Read(JsonFields fields)
    {
        SequenceEncoderSettings model = SequenceConfig.ReadEncoder(fields, customCell: null);
        model.Validate();
        JsonFields choices = fields.Object("training");
        var training = new FitOptions
        {
            Epochs = choices.Int32("epochs", 1, int.MaxValue),
            BatchSize = choices.Int32("batch_size", 1, int.MaxValue),
            LearningRate = choices.Double("lr", 0, double.MaxValue),
            Patience = choices.Int32("patience", 0, int.MaxValue),
            Seed = choices.UInt64("seed"),
        };
        choices.Done();
        training.Validate();
        var run = new ClozeRun(model, training, RunData.Read(fields.Object("data")));
        fields.Done();
        return run;
    }

    private static string FileIn(string folder) => Path.Combine(new ModelFolder(folder).FullPath, FileName);

    private void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, SequenceConfig.WriterOptions);
        json.WriteStartObject();
        json.WriteNumber(VersionField, FormatVersion);
        SequenceConfig.Write(json, Model);
        json.WriteStartObject("training");
        json.WriteNumber("epochs", Training.Epochs);
        json.WriteNumber("batch_size", Training.BatchSize);
        json.WriteNumber("lr", Training.LearningRate);
        json.WriteNumber("patience", Training.Patience);
        json.WriteNumber("seed", Training.Seed);
        json.WriteEndObject();
        Data.Write(json);
        json.WriteEndObject();
    }
}
