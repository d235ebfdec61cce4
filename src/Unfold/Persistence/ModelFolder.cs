using Unfold.Cells;
using Unfold.Models;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>
/// A model on disk: a folder with config.json (shape and settings), vocabulary.json, model.safetensors (the best weights, and the state in which lines end) and
/// README.md; a training run adds checkpoint.safetensors (the latest step with all that resuming needs).
/// </summary>
public sealed class ModelFolder
{
    /// <summary>Names a folder; nothing is read yet.</summary>
    public ModelFolder(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);

        // With a separator at its end, as a shell completes it, the folder would have no name.
        FullPath = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        Shown = path;
    }

    /// <summary>The folder.</summary>
    public string FullPath { get; }

    /// <summary>The shape and settings.</summary>
    public string ConfigFile => Path.Combine(FullPath, "config.json");

    /// <summary>The table of tokens.</summary>
    public string VocabularyFile => Path.Combine(FullPath, "vocabulary.json");

    /// <summary>The best weights.</summary>
    public string WeightsFile => Path.Combine(FullPath, "model.safetensors");

    /// <summary>The latest step of a training run.</summary>
    public string CheckpointFile => Path.Combine(FullPath, "checkpoint.safetensors");

    /// <summary>The card for readers.</summary>
    public string CardFile => Path.Combine(FullPath, "README.md");

    /// <summary>What error messages call the folder.</summary>
    internal string Shown { get; }

    /// <summary>Loads the best weights.</summary>
    /// <param name="customCell">Makes the cells of a model whose cell is the user's own; not looked at for the others.</param>
    /// <exception cref="UnfoldException">The folder is no model, or damaged, or newer than this Unfold; the message names the file.</exception>
    public LanguageModel Load(CellFactory? customCell = null)
    {
        Require();
        RunSettings settings = RunSettings.Read(ConfigFile, customCell);
        Vocabulary vocabulary = Vocabulary.Load(VocabularyFile);
        if (!File.Exists(WeightsFile))
        {
            throw WithoutWeights();
        }

        using SafeTensorsFile file = SafeTensorsFile.Open(WeightsFile);
        RequireFit(file, settings, vocabulary);
        file.RequireUndamaged();
        var model = LanguageModel.WithoutWeights(settings.Model, vocabulary);
        ModelWeights.Read(file, model.Parameters);
        LineEndFields.Read(file, model);
        return model;
    }

    /// <summary>Writes the weights and, where it was found, <see cref="LanguageModel.LineEnd"/>; whole or not at all.</summary>
    /// <exception cref="UnfoldException">A weight is not a number, or infinite; the file cannot be written. An older one is untouched.</exception>
    public void SaveWeights(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Weights(model).Save(WeightsFile);
    }

    /// <summary>Creates the folder and writes config.json and vocabulary.json.</summary>
    /// <exception cref="UnfoldException">The folder or a file cannot be written.</exception>
    public void Create(RunSettings settings, Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(vocabulary);
        CreateFolder();

        // config.json makes the folder a model, so it comes last.
        AtomicFile.Write(VocabularyFile, vocabulary.Write);
        settings.Save(ConfigFile);
    }

    /// <summary>Creates the folder, with those above it, where it is not there yet.</summary>
    /// <exception cref="UnfoldException">The folder cannot be created.</exception>
    public void CreateFolder()
    {
        try
        {
            Directory.CreateDirectory(FullPath);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            throw new UnfoldException($"Cannot create the folder {Shown}: {FileFailure.Reason(failure, FullPath)}.", failure);
        }
    }

    /// <summary>
    /// Saves a model that is no training run: config.json, vocabulary.json, model.safetensors, all of them or, where the disk is full, none.
    /// <see cref="LanguageModel.LineEnd"/> is saved where it was found before.
    /// </summary>
    /// <exception cref="UnfoldException">A weight is not a number, or infinite; the folder or a file cannot be written. An older model is untouched.</exception>
    public void Save(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        SafeTensorsWriter weights = Weights(model);
        CreateFolder();

        // The first takes its place last.
        AtomicFile.WriteTogether((ConfigFile, new RunSettings(model.Settings, Training: null, Data: null).Write), (VocabularyFile, model.Vocabulary.Write), (WeightsFile, weights.Write));
    }

    /// <summary>Throws unless the folder looks like a model.</summary>
    /// <exception cref="UnfoldException">There is no such folder, or no config.json in it.</exception>
    public void Require() => Require($"Train one with: unfold train --out {Shown}");

    /// <summary>Throws unless the folder looks like a model.</summary>
    /// <param name="advice">How one comes to a model, a sentence.</param>
    internal void Require(string advice)
    {
        RequireAccess(FullPath, Shown);
        if (File.Exists(FullPath))
        {
            throw new UnfoldException($"{Shown} is a file; a model is a folder with config.json and model.safetensors.");
        }

        if (!Directory.Exists(FullPath))
        {
            throw new UnfoldException($"There is no model folder {Shown}. {advice}");
        }

        RequireAccess(ConfigFile, Shown);
        if (!File.Exists(ConfigFile))
        {
            throw new UnfoldException($"{Shown} is not a model of Unfold: it has no config.json.");
        }
    }

    private SafeTensorsWriter Weights(LanguageModel model)
    {
        ModelWeights.RequireSavable(model.Parameters, Shown);
        var writer = new SafeTensorsWriter();
        ModelWeights.Add(writer, model.Parameters);
        LineEndFields.Add(writer, model);
        writer.SetMetadata(VocabularyHash.Field, VocabularyHash.Of(model.Vocabulary));
        return writer;
    }

    /// <summary>Throws where it may not even be asked whether something is there: that is not the same as its absence.</summary>
    private static void RequireAccess(string path, string shown)
    {
        try
        {
            File.GetAttributes(path);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new UnfoldException($"Cannot look into {shown}: permission is denied.", failure);
        }
        catch (IOException)
        {
            // It is absent, which the caller says in its own words.
        }
    }

    private UnfoldException WithoutWeights()
    {
        if (!File.Exists(CheckpointFile))
        {
            return new UnfoldException($"{Shown} has no model.safetensors: the model is not whole. Copy the folder again, or train it again.");
        }

        // Weights are saved before any checkpoint of a later step than 0.
        long steps = TrainingCheckpoint.ReadResults(CheckpointFile).Results.Steps;
        return new UnfoldException(steps == 0
            ? $"{Shown} has no model.safetensors yet: its training has not come to a validation. Go on with: unfold train --resume {Shown}"
            : string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{Shown} has lost its model.safetensors: its training has come to step {steps}, and its best weights stood there. Make one of the last weights, which the checkpoint holds, with: unfold train --resume {Shown}"));
    }

    // The sizes in config.json are believed only after the weights on disk have confirmed them, before memory is taken.
    private void RequireFit(SafeTensorsFile file, RunSettings settings, Vocabulary vocabulary)
    {
        long stored = file.Entries.Where(entry => !LineEndFields.Are(entry)).Sum(entry => entry.Count);
        Int128 wanted = settings.Model.CountParameters(vocabulary.Count);
        if (stored != wanted)
        {
            throw new UnfoldException(FormattableString.Invariant($"{Shown} does not fit together: config.json and vocabulary.json describe a model of {wanted:N0} parameters, and model.safetensors holds {stored:N0}."));
        }

        // Weights that were saved before they kept it, or by another program, do not say what they were trained with.
        if (file.Metadata.TryGetValue(VocabularyHash.Field, out string? hash) && hash != VocabularyHash.Of(vocabulary))
        {
            throw new UnfoldException($"{Shown} does not fit together: vocabulary.json holds other tokens than those that model.safetensors was trained with. Copy the folder again, or train it again.");
        }
    }
}
