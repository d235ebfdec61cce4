using System.Globalization;
using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Persistence;

/// <summary>
/// Everything that a training run needs to go on with the same bits, in one safetensors file: weights, moments, generators,
/// data cursor, carried state, schedule, recent losses. The file is written beside and renamed: it is whole or absent.
/// </summary>
public static class TrainingCheckpoint
{
    private const string Format = "unfold_checkpoint";
    private const string FormatVersion = "1";
    private const int ProgressLength = 3;
    private const string Settings = "settings";

    /// <summary>Writes a run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trainer">The run, between two steps.</param>
    /// <param name="seconds">The time spent in training steps so far.</param>
    /// <exception cref="UnfoldException">The file cannot be written; an older one is untouched.</exception>
    public static void Save(string path, LanguageModelTrainer trainer, double seconds)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        var writer = new SafeTensorsWriter();
        ModelWeights.Add(writer, trainer.Model.Parameters);
        foreach ((string name, Memory<float> values) in trainer.Optimizer.Moments)
        {
            writer.Add($"optimizer.{name}", values, values.Length);
        }

        foreach ((string name, Tensor values) in CarriedTensors(trainer))
        {
            writer.Add(name, values.Values.ToArray(), values.Shape[0], values.Shape[1]);
        }

        writer.Add("random.dropout", Bytes(SeededRandom.StateBytes, trainer.DropoutRandom.WriteState), SeededRandom.StateBytes);
        writer.Add("batcher", Bytes(trainer.Batcher.StateBytes, trainer.Batcher.WriteState), trainer.Batcher.StateBytes);
        AddDoubles(writer, "recent_losses", [.. trainer.RecentLosses]);
        AddDoubles(writer, "schedule", [.. trainer.Schedule.State]);
        AddDoubles(writer, "progress", [trainer.LowestLoss, trainer.BestLoss, seconds]);
        long[] counters = [trainer.StepsDone, trainer.Optimizer.Steps, trainer.ValidationsWithoutImprovement];
        writer.Add("counters", counters, counters.Length);
        writer.SetMetadata(Format, FormatVersion);
        writer.SetMetadata(Settings, Describe(trainer.Settings));
        writer.Save(path);
    }

    /// <summary>Restores a run into a trainer that was made with the same settings, text and model shape.</summary>
    /// <returns>The time spent in training steps so far.</returns>
    /// <exception cref="UnfoldException">The file is missing, damaged, newer than this Unfold, or of another run.</exception>
    public static double Restore(string path, LanguageModelTrainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        RequireCheckpoint(file, path);
        RequireSettings(file, path, trainer.Settings);
        ModelWeights.Read(file, trainer.Model.Parameters);
        foreach ((string name, Tensor values) in CarriedTensors(trainer))
        {
            file.ReadSingles(name, values.Edit(), values.Shape[0], values.Shape[1]);
        }

        byte[] random = new byte[SeededRandom.StateBytes];
        file.ReadBytes("random.dropout", random, random.Length);
        byte[] cursor = new byte[trainer.Batcher.StateBytes];
        file.ReadBytes("batcher", cursor, cursor.Length);
        trainer.Batcher.ReadState(cursor);
        long[] counters = ReadCounters(file, path);
        double[] progress = ReadProgress(file, path);
        try
        {
            trainer.DropoutRandom = new SeededRandom(random);
            trainer.Schedule.Restore(ReadDoubles(file, path, "schedule", trainer.Schedule.State.Count));
            trainer.Optimizer.Restore(trainer.Model.Parameters, counters[1], ReadMoments(file, trainer.Model.Parameters));
        }
        catch (ArgumentException mismatch)
        {
            throw new UnfoldException($"Cannot read {path}: {mismatch.Message}", mismatch);
        }

        trainer.RecentLosses.Clear();
        foreach (double loss in ReadDoubles(file, path, "recent_losses", LanguageModelTrainer.RecentSteps))
        {
            trainer.RecentLosses.Enqueue(loss);
        }

        trainer.StepsDone = counters[0];
        trainer.ValidationsWithoutImprovement = (int)counters[2];
        trainer.LowestLoss = progress[0];
        return progress[2];
    }

    /// <summary>Reads how far a run has come, and nothing else.</summary>
    /// <exception cref="UnfoldException">The file is missing, damaged or newer than this Unfold.</exception>
    public static TrainingResults ReadResults(string path)
    {
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        RequireCheckpoint(file, path);
        double[] losses = ReadDoubles(file, path, "recent_losses", LanguageModelTrainer.RecentSteps);
        double[] progress = ReadProgress(file, path);
        return new TrainingResults(ReadCounters(file, path)[0], losses.Length == 0 ? double.NaN : losses.Average(), progress[1], progress[2]);
    }

    private static void RequireCheckpoint(SafeTensorsFile file, string path)
    {
        string version = file.Metadata.GetValueOrDefault(Format, "");
        if (version != FormatVersion)
        {
            throw new UnfoldException(version.Length == 0
                ? $"{path} is not a training checkpoint: it has no '{Format}' entry."
                : $"{path} was written by a newer Unfold: its format is {version}, and this one reads {FormatVersion}; update Unfold to use it.");
        }
    }

    /// <summary>Other settings would go on with other numbers, without a word.</summary>
    private static void RequireSettings(SafeTensorsFile file, string path, TrainingSettings settings)
    {
        string[] saved = file.Metadata.GetValueOrDefault(Settings, "").Split(' ');
        string[] wanted = Describe(settings).Split(' ');
        for (int i = 0; i < wanted.Length; i++)
        {
            string before = i < saved.Length ? saved[i] : "nothing";
            if (before != wanted[i])
            {
                throw new UnfoldException($"{path} was saved with other settings than config.json holds now: {before} there, {wanted[i]} here; restore config.json, or start a new run from the weights.");
            }
        }
    }

    private static string Describe(TrainingSettings settings) => string.Create(
        CultureInfo.InvariantCulture,
        $"seq_length={settings.SequenceLength} batch_size={settings.BatchSize} batching={settings.Batching} loss={settings.Loss} steps={settings.Steps} epochs={settings.Epochs} optimizer={settings.Optimizer} lr={settings.LearningRate} schedule={settings.Schedule} clip_norm={settings.ClipNorm} clip_value={settings.ClipValue} seed={settings.Seed} checkpoint_every={settings.CheckpointEvery} patience={settings.Patience}");

    private static long[] ReadCounters(SafeTensorsFile file, string path)
    {
        long[] counters = new long[3];
        file.ReadInt64s("counters", counters, counters.Length);
        return counters[0] >= 0 && counters[1] >= 0 && counters[2] is >= 0 and <= int.MaxValue
            ? counters
            : throw new UnfoldException($"Cannot read {path}: its counters {string.Join(", ", counters)} are out of range.");
    }

    private static double[] ReadProgress(SafeTensorsFile file, string path)
    {
        double[] progress = ReadDoubles(file, path, "progress", ProgressLength);
        return progress.Length == ProgressLength
            ? progress
            : throw new UnfoldException($"Cannot read {path}: 'progress' holds {progress.Length} numbers, and there should be {ProgressLength}.");
    }

    private static IEnumerable<(string Name, Tensor Values)> CarriedTensors(LanguageModelTrainer trainer)
    {
        for (int layer = 0; layer < trainer.Carried.Layers.Count; layer++)
        {
            RecurrentState state = trainer.Carried.Layers[layer];
            foreach ((string part, Tensor values) in state.Parts)
            {
                yield return (string.Create(CultureInfo.InvariantCulture, $"carried.{layer}.{part}"), values);
            }
        }
    }

    private static List<(string Name, ReadOnlyMemory<float> Values)> ReadMoments(SafeTensorsFile file, ParameterSet parameters)
    {
        const string prefix = "optimizer.";
        var moments = new List<(string Name, ReadOnlyMemory<float> Values)>();
        foreach (SafeTensorsEntry entry in file.Entries)
        {
            if (entry.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                float[] values = new float[parameters.Values.Length];
                file.ReadSingles(entry.Name, values, values.Length);
                moments.Add((entry.Name[prefix.Length..], values));
            }
        }

        return moments;
    }

    private static void AddDoubles(SafeTensorsWriter writer, string name, double[] values) => writer.Add(name, values, values.Length);

    private static double[] ReadDoubles(SafeTensorsFile file, string path, string name, int most)
    {
        long count = file.Entry(name).Count;
        if (count > most)
        {
            throw new UnfoldException($"Cannot read {path}: '{name}' holds {count} numbers, and there can be no more than {most}.");
        }

        double[] values = new double[count];
        file.ReadDoubles(name, values, values.Length);
        return values;
    }

    private static byte[] Bytes(int length, SpanWriter write)
    {
        byte[] bytes = new byte[length];
        write(bytes);
        return bytes;
    }

    private delegate void SpanWriter(Span<byte> destination);
}
