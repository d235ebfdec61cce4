using System.Buffers.Binary;
using System.Text;
using Unfold.Models;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Tests.Persistence;

/// <summary>A checkpoint that cannot be used changes nothing: not a weight, not a moment, not a counter of the run that it was read into.</summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>What is wrong, and what the sentence must hold.</summary>
    public static TheoryData<string, string, Batching> Damages
    {
        get
        {
            var rows = new TheoryData<string, string, Batching>();
            foreach ((string damage, string words) in new[]
            {
                ("weights missing", "output.weights"),
                ("weights transposed", "output.weights"),
                ("weights of another type", "output.weights"),
                ("weights not a number", "output.bias"),
                ("a moment missing", "moments"),
                ("a moment too many", "moments"),
                ("a moment of another name", "missing"),
                ("a moment too short", "optimizer."),
                ("carried state missing", "carried.1.cell"),
                ("carried state of another batch", "carried.0.hidden"),
                ("generator missing", "random.dropout"),
                ("generator short", "random.dropout"),
                ("generator of zeros", "state"),
                ("cursor missing", "batcher"),
                ("cursor short", "batcher"),
                ("cursor behind the epoch", "data cursor stands at batch 6"),
                ("cursor negative", "data cursor stands at batch -1"),
                ("schedule missing", "schedule"),
                ("schedule short", "state has three numbers"),
                ("schedule long", "schedule"),
                ("rate not a number", "rate"),
                ("rate above the first", "rate"),
                ("waits not whole", "waits"),
                ("losses missing", "recent_losses"),
                ("losses too many", "no more than 100"),
                ("history short", "three for each validation"),
                ("history that falls", "steps that do not fall"),
                ("progress short", "progress"),
                ("counters missing", "counters"),
                ("steps negative", "counters"),
                ("updates negative", "counters"),
                ("validations out of range", "counters"),
                ("format missing", "not a training checkpoint"),
                ("format newer", "newer Unfold"),
                ("settings missing", "other settings"),
                ("settings of another rate", "lr=0.5 there, lr=0.02 here"),
            })
            {
                rows.Add(damage, words, Batching.Stream);
                rows.Add(damage, words, Batching.Windows);
            }

            rows.Add("window generator of zeros", "generator", Batching.Windows);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_part_that_is_wrong_leaves_the_run_as_it_was(string damage, string words, Batching batching)
    {
        TrainingSettings settings = Settings(batching);
        string path = SaveOther(settings);
        CheckpointParts parts = CheckpointParts.Read(path);
        Apply(damage, parts);
        parts.Write(path);
        RequireRefusal(settings, path, words);
    }

    [Theory]
    [InlineData(Batching.Stream)]
    [InlineData(Batching.Windows)]
    public void What_is_written_back_unchanged_can_be_read(Batching batching)
    {
        TrainingSettings settings = Settings(batching);
        string path = SaveOther(settings);
        byte[] before = File.ReadAllBytes(path);
        CheckpointParts.Read(path).Write(path);
        Assert.Equal(before, File.ReadAllBytes(path));
        TrainingCheckpoint.Restore(path, TinyRun.Create(settings));
    }

    [Fact]
    public void A_checkpoint_of_an_earlier_version_has_no_history()
    {
        TrainingSettings settings = Settings(Batching.Stream);
        string path = SaveOther(settings);
        CheckpointParts parts = CheckpointParts.Read(path);
        parts.Lengthen("progress", 4);
        parts.Write(path);
        LanguageModelTrainer trainer = TinyRun.Create(settings);
        TrainingCheckpoint.Restore(path, trainer);
        Assert.True(trainer.StepsDone > 0);
        Assert.Empty(trainer.History);
        Assert.Empty(TrainingCheckpoint.ReadResults(path).History);
    }

    public static TheoryData<string> Foreign => ["optimizer", "schedule", "batching", "loss", "seed", "clipping", "steps", "cell"];

    [Theory]
    [MemberData(nameof(Foreign))]
    public void A_checkpoint_of_other_settings_leaves_the_run_as_it_was(string which)
    {
        TrainingSettings settings = Settings(Batching.Stream);
        (TrainingSettings other, CellKind cell, string words) = which switch
        {
            "optimizer" => (settings with { Optimizer = OptimizerKind.RmsProp }, CellKind.Lstm, "optimizer=RmsProp there, optimizer=Adam here"),
            "schedule" => (settings with { Schedule = ScheduleKind.Constant }, CellKind.Lstm, "schedule=Constant there"),
            "batching" => (settings with { Batching = Batching.Windows }, CellKind.Lstm, "batching=Windows there"),
            "loss" => (settings with { Loss = LossOver.Last }, CellKind.Lstm, "loss=Last there"),
            "seed" => (settings with { Seed = 77 }, CellKind.Lstm, "seed=77 there"),
            "clipping" => (settings with { ClipNorm = 0 }, CellKind.Lstm, "clip_norm=0 there"),
            "steps" => (settings with { Steps = 40 }, CellKind.Lstm, "steps=40 there"),
            _ => (settings, CellKind.Gru, "cell=Gru there, cell=Lstm here"),
        };
        RequireRefusal(settings, SaveOther(other, cell), words);
    }

    [Fact]
    public void A_checkpoint_of_a_text_that_was_cut_in_another_way_is_refused()
    {
        LanguageModelTrainer sentences = TinyRun.Create(Settings(Batching.Windows), TinyRun.Shape(CellKind.Lstm), mode: TextMode.Sentences);
        TrainingCheckpoint.Save(_folder["checkpoint"], sentences, new TrainingTime(1, 9));
        RequireRefusal(Settings(Batching.Windows), _folder["checkpoint"], "vocabulary=");
    }

    [Fact]
    public void A_file_that_is_cut_off_anywhere_leaves_the_run_as_it_was()
    {
        TrainingSettings settings = Settings(Batching.Windows);
        string path = SaveOther(settings);
        byte[] whole = File.ReadAllBytes(path);
        IEnumerable<int> lengths = Enumerable.Range(0, whole.Length).Where(length => length < 16 || length % 97 == 0 || length == whole.Length - 1);
        RequireRefusals(settings, path, lengths.Select(length => ($"cut to {length}", whole[..length])));
        RequireRefusals(settings, path, [("one byte longer", [.. whole, 0])]);
    }

    [Fact]
    public void A_flipped_byte_anywhere_in_the_header_leaves_the_run_as_it_was()
    {
        TrainingSettings settings = Settings(Batching.Stream);
        string path = SaveOther(settings);
        byte[] whole = File.ReadAllBytes(path);
        int header = sizeof(long) + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);

        // A file of another format, or without a hash that is known, is read all the same: its numbers are whole.
        int[] ignored = [.. ((string[])["\"format\":\"pt\"", "data_sha256"]).SelectMany(part => Enumerable.Range(whole.AsSpan(0, header).IndexOf(Encoding.UTF8.GetBytes(part)), part.Length))];
        RequireRefusals(settings, path, Enumerable.Range(0, header)
            .Except(ignored)
            .Select(at =>
            {
                byte[] damaged = [.. whole];
                damaged[at] ^= (byte)(1 << (at % 7));
                return ($"byte {at}, '{(char)whole[at]}' as '{(char)damaged[at]}'", damaged);
            }));
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_the_numbers_leaves_the_run_as_it_was()
    {
        TrainingSettings settings = Settings(Batching.Stream);
        string path = SaveOther(settings);
        byte[] whole = File.ReadAllBytes(path);
        int header = sizeof(long) + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        RequireRefusals(settings, path, Enumerable.Range(header, whole.Length - header).Where(at => at % 13 == 0).Select(at =>
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)(1 << (at % 8));
            return ($"byte {at}", damaged);
        }));
    }

    [Fact]
    public void A_file_that_is_missing_or_a_folder_leaves_the_run_as_it_was()
    {
        RequireRefusal(Settings(Batching.Stream), _folder["none"], "there is no such file");
        Directory.CreateDirectory(_folder["folder"]);
        RequireRefusal(Settings(Batching.Stream), _folder["folder"], _folder["folder"]);
    }

    private static TrainingSettings Settings(Batching batching) =>
        TinyRun.Settings with { Batching = batching, Optimizer = OptimizerKind.Adam, Schedule = ScheduleKind.Plateau };

    /// <summary>The checkpoint of a run that differs from the one under test in all its numbers.</summary>
    private string SaveOther(TrainingSettings settings, CellKind cell = CellKind.Lstm)
    {
        LanguageModelTrainer other = TinyRun.Create(settings, cell, weights: 50);
        TinyRun.Go(other, 8);
        TrainingCheckpoint.Save(_folder["checkpoint"], other, new TrainingTime(1, 9));
        return _folder["checkpoint"];
    }

    private static void RequireRefusal(TrainingSettings settings, string path, string words)
    {
        LanguageModelTrainer trainer = TinyRun.Create(settings), twin = TinyRun.Create(settings);
        TinyRun.Go(trainer, 6);
        TinyRun.Go(twin, 6);
        IReadOnlyDictionary<string, byte[]> before = TinyRun.Snapshot(trainer);

        UnfoldException failure = Assert.Throws<UnfoldException>(() => TrainingCheckpoint.Restore(path, trainer));

        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        TinyRun.RequireSame(before, TinyRun.Snapshot(trainer), "after the refusal");
        TinyRun.Go(trainer, 3);
        TinyRun.Go(twin, 3);
        TinyRun.RequireSame(TinyRun.Snapshot(twin), TinyRun.Snapshot(trainer), "three steps after the refusal");
    }

    private static void RequireRefusals(TrainingSettings settings, string path, IEnumerable<(string Damage, byte[] Content)> damages)
    {
        LanguageModelTrainer trainer = TinyRun.Create(settings);
        TinyRun.Go(trainer, 6);
        IReadOnlyDictionary<string, byte[]> before = TinyRun.Snapshot(trainer);
        foreach ((string damage, byte[] content) in damages)
        {
            File.WriteAllBytes(path, content);
            UnfoldException? failure = null;
            try
            {
                TrainingCheckpoint.Restore(path, trainer);
            }
            catch (UnfoldException refusal)
            {
                failure = refusal;
            }

            Assert.True(failure is not null, $"The damage was not seen: {damage}.");
            TinyRun.RequireSame(before, TinyRun.Snapshot(trainer), damage);
        }
    }

    private static void Apply(string damage, CheckpointParts parts)
    {
        switch (damage)
        {
            case "weights missing": parts.Remove("output.weights"); break;
            case "weights transposed": parts.Change("output.weights", part => part with { Shape = [.. part.Shape.Reverse()] }); break;
            case "weights of another type": parts.Change("output.weights", part => part with { Type = SafeTensorsType.F64, Bytes = new byte[part.Bytes.Length * 2] }); break;
            case "weights not a number": parts.Edit<float>("output.bias", values => values[2] = float.NaN); break;
            case "a moment missing": parts.Remove(parts.Moment); break;
            case "a moment too many": parts.Copy(parts.Moment, "optimizer.third"); break;
            case "a moment of another name": parts.Copy(parts.Moment, "optimizer.other"); parts.Remove(parts.Moment); break;
            case "a moment too short": parts.Change(parts.Moment, part => part with { Shape = [part.Shape[0] - 1], Bytes = part.Bytes[..^4] }); break;
            case "carried state missing": parts.Remove("carried.1.cell"); break;
            case "carried state of another batch": parts.Change("carried.0.hidden", part => part with { Shape = [2, part.Shape[1]], Bytes = part.Bytes[..(2 * part.Shape[1] * 4)] }); break;
            case "generator missing": parts.Remove("random.dropout"); break;
            case "generator short": parts.Shorten("random.dropout"); break;
            case "generator of zeros": parts.Edit<byte>("random.dropout", bytes => bytes.Clear()); break;
            case "window generator of zeros": parts.Edit<byte>("batcher", bytes => bytes[sizeof(long)..].Clear()); break;
            case "cursor missing": parts.Remove("batcher"); break;
            case "cursor short": parts.Shorten("batcher"); break;
            case "cursor behind the epoch": parts.Edit<byte>("batcher", bytes => BinaryPrimitives.WriteInt64LittleEndian(bytes, TinyRun.StepsPerEpoch + 1)); break;
            case "cursor negative": parts.Edit<byte>("batcher", bytes => BinaryPrimitives.WriteInt64LittleEndian(bytes, -1)); break;
            case "schedule missing": parts.Remove("schedule"); break;
            case "schedule short": parts.Shorten("schedule"); break;
            case "schedule long": parts.Lengthen("schedule", 4); break;
            case "rate not a number": parts.Edit<double>("schedule", values => values[2] = double.NaN); break;
            case "rate above the first": parts.Edit<double>("schedule", values => values[2] = 1); break;
            case "waits not whole": parts.Edit<double>("schedule", values => values[1] = 0.5); break;
            case "losses missing": parts.Remove("recent_losses"); break;
            case "history short": parts.Shorten("progress"); break;
            case "history that falls": parts.Edit<double>("progress", values => values[4] = -1); break;
            case "losses too many": parts.Lengthen("recent_losses", LanguageModelTrainer.RecentSteps + 1); break;
            case "progress short": parts.Lengthen("progress", 3); break;
            case "counters missing": parts.Remove("counters"); break;
            case "steps negative": parts.Edit<long>("counters", values => values[0] = -1); break;
            case "updates negative": parts.Edit<long>("counters", values => values[1] = -1); break;
            case "validations out of range": parts.Edit<long>("counters", values => values[2] = 1L << 32); break;
            case "format missing": parts.Metadata.Remove("unfold_checkpoint"); break;
            case "format newer": parts.Metadata["unfold_checkpoint"] = "2"; break;
            case "settings missing": parts.Metadata.Remove("settings"); break;
            case "settings of another rate": parts.Metadata["settings"] = parts.Metadata["settings"].Replace("lr=0.02", "lr=0.5", StringComparison.Ordinal); break;
            default: throw new ArgumentOutOfRangeException(nameof(damage), damage, "This damage is not known.");
        }
    }
}
