using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Persistence;

/// <summary>
/// Keeps a fit in one safetensors file, so that it can go on with the same bits after it was stopped or its process was killed: weights, best weights,
/// moments, generators, place in the pass, losses. The file is written beside and renamed: it is whole or absent.
/// </summary>
public static class FitCheckpoint
{
    private const string Format = "unfold_fit_checkpoint";
    private const string FormatVersion = "1";
    private const string Settings = "settings";
    private const string Best = "best";
    private const int ProgressLength = 2, CountersLength = 4;

    extension(FitOptions options)
    {
        /// <summary>
        /// The same options for a fit that is kept in a file: after each pass, once a minute within a long one, and where <see cref="FitOptions.Stopping"/> ends it. Where
        /// the file is there already, the fit goes on from it, with the bits of one that was never stopped; after its end it gives the same model again.
        /// </summary>
        /// <param name="path">The file; its folder must exist. It is left when the fit has ended.</param>
        /// <remarks>
        /// The model and the examples, in their order, must be those of the fit that was kept. The kind of the model, its settings, the options and the lengths of
        /// the examples are compared; what is in the examples, the dropout of the model, and what a cell of the user's own computes, are not. The fit then throws an <see cref="UnfoldException"/> where the file cannot be read or written, is
        /// damaged, newer than this Unfold or of another fit.
        /// </remarks>
        public FitOptions KeptIn(string path) => options.KeptIn(path, () => { });

        /// <summary>As <see cref="KeptIn(FitOptions, string)"/>, with a look before each writing.</summary>
        /// <param name="path">The file; its folder must exist. It is left when the fit has ended.</param>
        /// <param name="beforeWriting">Called before the file is written; what it throws ends the fit, as where <see cref="RunLock.Require()"/> finds another folder.</param>
        public FitOptions KeptIn(string path, Action beforeWriting)
        {
            ArgumentNullException.ThrowIfNull(options);
            ArgumentException.ThrowIfNullOrWhiteSpace(path);
            ArgumentNullException.ThrowIfNull(beforeWriting);
            return options with
            {
                Begin = state => Begin(path, state),
                Keep = state =>
                {
                    beforeWriting();
                    Save(path, state);
                },
            };
        }
    }

    private static void Begin(string path, FitState state)
    {
        AtomicFile.RequireWritable(path);
        if (File.Exists(path))
        {
            Restore(path, state);
        }
    }

    private static void Save(string path, FitState state)
    {
        var writer = new SafeTensorsWriter();
        ModelWeights.Add(writer, state.Parameters);
        CheckpointFields.AddMoments(writer, state.Optimizer.Moments);
        if (state.Best is { } best)
        {
            writer.Add(Best, best, best.Length);
        }

        writer.Add("random", CheckpointFields.Bytes(SeededRandom.StateBytes, state.Random.WriteState), SeededRandom.StateBytes);
        writer.Add("random.pass", state.PassBegin, SeededRandom.StateBytes);
        CheckpointFields.AddDoubles(writer, "schedule", [.. state.Schedule.State]);
        CheckpointFields.AddDoubles(writer, "epochs", [.. state.Epochs.SelectMany(epoch => (double[])[epoch.Training, epoch.Validation])]);
        CheckpointFields.AddDoubles(writer, "progress", [state.Loss.Sum, state.Seconds]);
        long[] counters = [state.Optimizer.Steps, state.Batches, state.Loss.Weight, state.BestEpoch];
        writer.Add("counters", counters, counters.Length);
        writer.SetMetadata(Format, FormatVersion);
        writer.SetMetadata(Settings, state.Description);
        writer.Save(path);
    }

    /// <summary>Takes up a fit that has not begun.</summary>
    private static void Restore(string path, FitState state)
    {
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        CheckpointFields.RequireVersion(file, path, Format, FormatVersion);
        CheckpointFields.RequireSame(file, path, Settings, state.Description, "give the same ones again, or delete the file to begin anew");
        file.RequireUndamaged();
        long[] counters = new long[CountersLength];
        file.ReadInt64s("counters", counters, counters.Length);
        double[] progress = CheckpointFields.ReadDoubles(file, path, "progress", ProgressLength);
        double[] epochs = CheckpointFields.ReadDoubles(file, path, "epochs", 2L * int.MaxValue);
        double[] schedule = CheckpointFields.ReadDoubles(file, path, "schedule", state.Schedule.State.Count);
        (long steps, long batches, long weight, long bestEpoch) = (counters[0], counters[1], counters[2], counters[3]);
        EpochLosses[] passes = [.. epochs.Chunk(2).Where(losses => losses.Length == 2).Select(losses => new EpochLosses(losses[0], losses[1]))];
        bool place = steps == (passes.Length * state.BatchesInPass) + batches && batches >= 0 && batches <= state.BatchesInPass;
        bool loss = progress.Length == ProgressLength && progress.All(double.IsFinite) && progress[1] >= 0 && (batches == 0 ? weight == 0 : weight > 0);
        bool losses = 2 * passes.Length == epochs.Length && passes.Length <= state.Passes && passes.All(pass => double.IsFinite(pass.Training) && double.IsFinite(pass.Validation) == state.IsValidated);
        if (!(place && loss && losses && bestEpoch == BestOf(passes, state.IsValidated) && file.Contains(Best) == (state.IsValidated && passes.Length > 0)))
        {
            throw new UnfoldException(FormattableString.Invariant($"{path} is damaged: {steps} updates, {batches} batches of a pass with {weight} targets, {epochs.Length / 2.0} of {state.Passes} passes, the best of them {bestEpoch}. Delete it to begin anew."));
        }

        try
        {
            state.Random = new SeededRandom(CheckpointFields.ReadBytes(file, "random", SeededRandom.StateBytes));
            state.PassBegin = CheckpointFields.ReadBytes(file, "random.pass", SeededRandom.StateBytes);
            _ = new SeededRandom(state.PassBegin);
            state.Schedule.Restore(schedule);
            state.Optimizer.Restore(state.Parameters, steps, CheckpointFields.ReadMoments(file, state.Parameters));
        }
        catch (ArgumentException refusal)
        {
            throw new UnfoldException($"{path} is damaged: {refusal.Message.TrimEnd('.')}. Delete it to begin anew.", refusal);
        }

        ModelWeights.Read(file, state.Parameters);
        if (file.Contains(Best))
        {
            state.Best = CheckpointFields.ReadFinite(file, Best, state.Parameters.Values.Length);
        }

        state.Epochs.AddRange(passes);
        (state.BestEpoch, state.Batches, state.Loss, state.Seconds) = ((int)bestEpoch, (int)batches, (progress[0], weight), progress[1]);
    }

    /// <summary>The pass whose weights count: the first of the lowest validation loss, else the last.</summary>
    private static int BestOf(EpochLosses[] passes, bool isValidated)
    {
        double lowest = isValidated && passes.Length > 0 ? passes.Min(pass => pass.Validation) : double.NaN;
        return double.IsNaN(lowest) ? passes.Length : 1 + Array.FindIndex(passes, pass => pass.Validation == lowest);
    }
}
