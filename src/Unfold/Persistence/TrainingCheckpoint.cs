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
    private const int ProgressLength = 4;
    private const string Settings = "settings";
    private const string AverageName = "average", AverageCount = "average_count";

    /// <summary>Writes a run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trainer">The run, between two steps.</param>
    /// <param name="time">The time that the run has taken so far.</param>
    /// <exception cref="UnfoldException">The file cannot be written; an older one is untouched.</exception>
    public static void Save(string path, LanguageModelTrainer trainer, TrainingTime time)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        var writer = new SafeTensorsWriter();
        ModelWeights.Add(writer, trainer.Model.Parameters);
        CheckpointFields.AddMoments(writer, trainer.Optimizer.Moments);

        foreach ((string name, Tensor values) in CarriedTensors(trainer))
        {
            writer.Add(name, values.Values.ToArray(), values.Shape[0], values.Shape[1]);
        }

        if (trainer.Average is { } average)
        {
            writer.Add(AverageName, average.Values, average.Values.Length);
            writer.Add(AverageCount, new[] { average.Count }, 1);
        }

        writer.Add("random.dropout", CheckpointFields.Bytes(SeededRandom.StateBytes, trainer.DropoutRandom.WriteState), SeededRandom.StateBytes);
        writer.Add("batcher", CheckpointFields.Bytes(trainer.Batcher.StateBytes, trainer.Batcher.WriteState), trainer.Batcher.StateBytes);
        CheckpointFields.AddDoubles(writer, "recent_losses", [.. trainer.RecentLosses]);
        CheckpointFields.AddDoubles(writer, "schedule", [.. trainer.Schedule.State]);
        CheckpointFields.AddDoubles(writer, "progress", [trainer.LowestLoss, trainer.BestLoss, time.Steps, time.Wall, .. HistoryFields.Numbers(trainer.History)]);
        long[] counters = [trainer.StepsDone, trainer.Optimizer.Steps, trainer.ValidationsWithoutImprovement];
        writer.Add("counters", counters, counters.Length);
        writer.SetMetadata(Format, FormatVersion);
        writer.SetMetadata(Settings, RunDescription.Of(trainer));
        writer.Save(path);
    }

    /// <summary>Restores a run into a trainer that was made with the same settings, text and model shape.</summary>
    /// <returns>The time that the run has taken so far.</returns>
    /// <exception cref="UnfoldException">The file is missing, damaged, newer than this Unfold, or of another run. Nothing has changed then.</exception>
    public static TrainingTime Restore(string path, LanguageModelTrainer trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        CheckpointFields.RequireVersion(file, path, Format, FormatVersion);
        CheckpointFields.RequireSame(file, path, Settings, RunDescription.Of(trainer), "restore config.json and vocabulary.json, or start a new run from the weights");
        file.RequireUndamaged();
        ParameterSet parameters = trainer.Model.Parameters;
        float[][] weights = ModelWeights.ReadAll(file, parameters);
        (Tensor Tensor, float[] Values)[] carried = [.. CarriedTensors(trainer).Select(part => (part.Values, ReadCarried(file, part.Name, part.Values.Shape)))];
        byte[] random = CheckpointFields.ReadBytes(file, "random.dropout", SeededRandom.StateBytes);
        byte[] cursor = CheckpointFields.ReadBytes(file, "batcher", trainer.Batcher.StateBytes);
        long[] counters = ReadCounters(file, path);
        (double[] progress, IReadOnlyList<LearningPoint> history) = ReadProgress(file, path);
        double[] schedule = CheckpointFields.ReadDoubles(file, path, "schedule", trainer.Schedule.State.Count);
        double[] losses = CheckpointFields.ReadDoubles(file, path, "recent_losses", LanguageModelTrainer.RecentSteps);
        (long averaged, float[] mean) = trainer.Average is null ? (0, []) : ReadAverage(file, path, parameters);
        RestoreParts(path, trainer, random, cursor, schedule, counters[1], CheckpointFields.ReadMoments(file, parameters));

        // Nothing below can fail: until here a damaged checkpoint has changed nothing.
        trainer.Average?.Restore(averaged, mean);
        ModelWeights.Assign(weights, parameters);
        trainer.Model.LineEnd = null;
        foreach ((Tensor tensor, float[] values) in carried)
        {
            values.CopyTo(tensor.Edit());
        }

        trainer.RecentLosses.Clear();
        foreach (double loss in losses)
        {
            trainer.RecentLosses.Enqueue(loss);
        }

        trainer.RestoreHistory(history);
        trainer.StepsDone = counters[0];
        trainer.ValidationsWithoutImprovement = (int)counters[2];
        trainer.LowestLoss = progress[0];
        return new TrainingTime(progress[2], progress[3]);
    }

    /// <summary>Reads how far a run has come and its learning curve, and nothing else; of a run that an earlier Unfold began the curve since then.</summary>
    /// <exception cref="UnfoldException">The file is missing, damaged or newer than this Unfold.</exception>
    public static (TrainingResults Results, IReadOnlyList<LearningPoint> History) ReadResults(string path)
    {
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        CheckpointFields.RequireVersion(file, path, Format, FormatVersion);
        file.RequireUndamaged();
        double[] losses = CheckpointFields.ReadDoubles(file, path, "recent_losses", LanguageModelTrainer.RecentSteps);
        (double[] progress, IReadOnlyList<LearningPoint> history) = ReadProgress(file, path);
        return (new TrainingResults(ReadCounters(file, path)[0], losses.Length == 0 ? double.NaN : losses.Average(), progress[1], progress[2]), history);
    }

    /// <summary>Restores the parts that judge their own state; where one refuses, the ones before it are as they were.</summary>
    private static void RestoreParts(
        string path,
        LanguageModelTrainer trainer,
        byte[] random,
        byte[] cursor,
        double[] schedule,
        long steps,
        List<(string Name, ReadOnlyMemory<float> Values)> moments)
    {
        byte[] cursorBefore = CheckpointFields.Bytes(trainer.Batcher.StateBytes, trainer.Batcher.WriteState);
        double[] scheduleBefore = [.. trainer.Schedule.State];
        try
        {
            var dropout = new SeededRandom(random);
            trainer.Batcher.ReadState(cursor);
            trainer.Schedule.Restore(schedule);
            trainer.Optimizer.Restore(trainer.Model.Parameters, steps, moments);
            trainer.DropoutRandom = dropout;
        }
        catch (Exception refusal) when (refusal is ArgumentException or UnfoldException)
        {
            trainer.Batcher.ReadState(cursorBefore);
            trainer.Schedule.Restore(scheduleBefore);
            throw new UnfoldException($"Cannot read {path}: {refusal.Message}", refusal);
        }
    }

    private static long[] ReadCounters(SafeTensorsFile file, string path)
    {
        long[] counters = new long[3];
        file.ReadInt64s("counters", counters, counters.Length);
        return counters[0] >= 0 && counters[1] >= 0 && counters[2] is >= 0 and <= int.MaxValue
            ? counters
            : throw new UnfoldException($"Cannot read {path}: its counters {string.Join(", ", counters)} are out of range.");
    }

    private static (long Count, float[] Values) ReadAverage(SafeTensorsFile file, string path, ParameterSet parameters)
    {
        float[] values = new float[parameters.Values.Length];
        file.ReadSingles(AverageName, values, values.Length);
        long[] count = new long[1];
        file.ReadInt64s(AverageCount, count, 1);
        return count[0] >= 0 ? (count[0], values) : throw new UnfoldException($"Cannot read {path}: '{AverageCount}' is {count[0]}, and it should be at least 0.");
    }

    private static (double[] Progress, IReadOnlyList<LearningPoint> History) ReadProgress(SafeTensorsFile file, string path)
    {
        double[] numbers = CheckpointFields.ReadDoubles(file, path, "progress", int.MaxValue);
        return numbers.Length >= ProgressLength && HistoryFields.Read(numbers.AsSpan(ProgressLength)) is { } history
            ? (numbers[..ProgressLength], history)
            : throw new UnfoldException($"Cannot read {path}: 'progress' should hold {ProgressLength} numbers and three for each validation, at steps that do not fall, and its {numbers.Length} numbers are not that.");
    }

    private static IEnumerable<(string Name, Tensor Values)> CarriedTensors(LanguageModelTrainer trainer)
    {
        for (int layer = 0; layer < trainer.Carried.Layers.Count; layer++)
        {
            SequenceState state = trainer.Carried.Layers[layer];
            foreach ((string part, Tensor values) in state.Parts)
            {
                yield return (string.Create(CultureInfo.InvariantCulture, $"carried.{layer}.{part}"), values);
            }
        }
    }

    private static float[] ReadCarried(SafeTensorsFile file, string name, Shape shape)
    {
        float[] values = new float[shape.Length];
        file.ReadSingles(name, values, shape[0], shape[1]);
        return values;
    }
}
