using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Tests.Persistence;

/// <summary>A fit that is kept goes on with the bits of one that was never stopped, wherever it was stopped.</summary>
public sealed class FitCheckpointTests : IDisposable
{
    private const int Batches = 4, Epochs = 3;

    private readonly TemporaryFolder _folder = new();

    private readonly Vocabulary _vocabulary = new(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d"]);

    private string Path => _folder["fit.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(OptimizerKind.Adam, ScheduleKind.Constant)]
    [InlineData(OptimizerKind.Sgd, ScheduleKind.Cosine)]
    [InlineData(OptimizerKind.RmsProp, ScheduleKind.Plateau)]
    public void Stopped_after_any_update_it_comes_to_the_same_bits(OptimizerKind optimizer, ScheduleKind schedule)
    {
        FitOptions options = Options with { Optimizer = optimizer, Schedule = schedule };
        ClozeModel whole = Fit(options);
        for (int updates = 1; updates < Epochs * Batches; updates++)
        {
            File.Delete(Path);
            ClozeModel stopped = Fit(KeptFits.Stopping(options, updates).KeptIn(Path));
            Assert.True(stopped.Training!.Stopped);
            RequireSame(whole, Fit(options.KeptIn(Path)), $"after {updates} updates");
        }
    }

    [Fact]
    public void Stopped_after_each_update_it_comes_to_the_same_bits_and_then_gives_them_again()
    {
        ClozeModel whole = Fit(Options);
        ClozeModel model;
        int sittings = 0;
        do
        {
            model = Fit(KeptFits.Stopping(Options, updates: 1).KeptIn(Path));
            sittings++;
        }
        while (model.Training!.Stopped);

        // The last update is followed by a validation, before which it is stopped once more.
        Assert.Equal((Epochs * Batches) + 1, sittings);
        RequireSame(whole, model, "after many sittings");
        byte[] kept = File.ReadAllBytes(Path);
        RequireSame(whole, Fit(Options.KeptIn(Path)), "after the end");
        Assert.Equal(kept, File.ReadAllBytes(Path));
    }

    [Fact]
    public void Without_validation_the_last_weights_count()
    {
        ClozeModel whole = ClozeModel.Fit(Sentences(60), _vocabulary, Settings, Options);
        Assert.True(ClozeModel.Fit(Sentences(60), _vocabulary, Settings, KeptFits.Stopping(Options, updates: 6).KeptIn(Path)).Training!.Stopped);
        RequireSame(whole, ClozeModel.Fit(Sentences(60), _vocabulary, Settings, Options.KeptIn(Path)), "without validation");
    }

    [Theory]
    [InlineData(SamplingRise.Linear)]
    [InlineData(SamplingRise.Exponential)]
    public void Scheduled_sampling_goes_on_with_the_probability_that_it_had(SamplingRise rise)
    {
        var settings = new JordanNetworkSettings { Hidden = 5, Sampling = new ScheduledSampling { Rise = rise, Final = 0.9 } };
        JordanExample[] examples = [.. Sentences(60).Select(sentence => new JordanExample(null, Sequence.OfSymbols([.. sentence.Select(token => _vocabulary[token])])))];
        JordanNetwork Fit(FitOptions options) => JordanNetwork.Fit(examples, settings, options, examples[..7]);
        JordanNetwork whole = Fit(Options);
        for (int updates = 1; updates < Epochs * Batches; updates++)
        {
            File.Delete(Path);
            Assert.True(Fit(KeptFits.Stopping(Options, updates).KeptIn(Path)).Training!.Stopped);
            JordanNetwork resumed = Fit(Options.KeptIn(Path));
            RequireSame(whole, resumed, $"after {updates} updates");
            Assert.Equal(0.9, resumed.SamplingProbability, 12);
        }

        // Nothing is left to be done, but it is the model of the end.
        Assert.Equal(0.9, Fit(Options.KeptIn(Path)).SamplingProbability, 12);
    }

    [Fact]
    public void A_fit_that_throws_goes_on_from_its_last_whole_pass()
    {
        ClozeModel whole = Fit(Options);
        int updates = 0;
        FitOptions failing = Options with
        {
            Progress = _ =>
            {
                if (++updates == 7)
                {
                    throw new InvalidOperationException("The light went out.");
                }
            },
        };
        Assert.Throws<InvalidOperationException>(() => Fit(failing.KeptIn(Path)));
        var epochs = new List<int>();
        ClozeModel model = Fit((Options with { Progress = progress => epochs.Add(progress.Epoch) }).KeptIn(Path));
        RequireSame(whole, model, "after a failure");
        Assert.Equal([.. Enumerable.Repeat(2, Batches), .. Enumerable.Repeat(3, Batches)], epochs);
        Assert.True(model.Training!.Seconds > 0);
    }

    [Fact]
    public void Before_the_first_update_nothing_is_written()
    {
        Assert.Throws<OperationCanceledException>(() => Fit((Options with { Stopping = new CancellationToken(canceled: true) }).KeptIn(Path)));
        Assert.False(File.Exists(Path));
        string nowhere = System.IO.Path.Combine(_folder["none"], "fit");
        Assert.Contains("there is no such folder", Assert.Throws<UnfoldException>(() => Fit(Options.KeptIn(nowhere))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_another_fit_is_refused()
    {
        Fit(KeptFits.Stopping(Options, updates: 5).KeptIn(Path));
        Refuses("lr=0.02 there, lr=0.03 here", () => Fit((Options with { LearningRate = 0.03 }).KeptIn(Path)));
        Refuses("epochs=3 there, epochs=4 here", () => Fit((Options with { Epochs = 4 }).KeptIn(Path)));
        Refuses("seed=5 there, seed=6 here", () => Fit((Options with { Seed = 6 }).KeptIn(Path)));
        Refuses("training=60,", () => ClozeModel.Fit(Sentences(59), _vocabulary, Settings, Options.KeptIn(Path), Sentences(7)));
        Refuses("training=60,", () => ClozeModel.Fit([.. Sentences(60).Reverse()], _vocabulary, Settings, Options.KeptIn(Path), Sentences(7)));
        Refuses("validation=none here", () => ClozeModel.Fit(Sentences(60), _vocabulary, Settings, Options.KeptIn(Path)));
        Refuses("encoder.hidden=5 there, encoder.hidden=6 here", () => ClozeModel.Fit(Sentences(60), _vocabulary, Settings with { Hidden = 6 }, Options.KeptIn(Path), Sentences(7)));
        Refuses("vocabulary=", () => ClozeModel.Fit(Sentences(60), new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", "d", "c"]), Settings, Options.KeptIn(Path), Sentences(7)));
    }

    [Theory]
    [InlineData("format missing", "not a training checkpoint")]
    [InlineData("format newer", "newer Unfold")]
    [InlineData("weights missing", "output.bias")]
    [InlineData("weights not a number", "damaged")]
    [InlineData("a moment missing", "moments")]
    [InlineData("generator missing", "random")]
    [InlineData("generator of zeros", "damaged")]
    [InlineData("pass generator of zeros", "damaged")]
    [InlineData("schedule long", "schedule")]
    [InlineData("epochs odd", "damaged")]
    [InlineData("loss not a number", "damaged")]
    [InlineData("steps too many", "damaged: 6 updates")]
    [InlineData("batches negative", "damaged")]
    [InlineData("batches too many", "damaged")]
    [InlineData("best epoch of later", "best of them 2")]
    [InlineData("no targets", "damaged")]
    [InlineData("time negative", "damaged")]
    [InlineData("best missing", "damaged")]
    [InlineData("best not a number", "best")]
    [InlineData("a moment not a number", "optimizer.")]
    [InlineData("too many passes", "4 of 3 passes")]
    [InlineData("a validation missing", "damaged")]
    [InlineData("cut short", "")]
    [InlineData("a bit flipped", "no longer holds the numbers")]
    public void What_is_damaged_is_refused(string damage, string words)
    {
        Fit(KeptFits.Stopping(Options, updates: 5).KeptIn(Path));
        if (damage == "cut short")
        {
            File.WriteAllBytes(Path, File.ReadAllBytes(Path)[..^100]);
        }
        else if (damage == "a bit flipped")
        {
            byte[] bytes = File.ReadAllBytes(Path);
            bytes[^200] ^= 1;
            File.WriteAllBytes(Path, bytes);
        }
        else
        {
            var parts = CheckpointParts.Read(Path);
            Apply(damage, parts);
            parts.Write(Path);
        }

        byte[] before = File.ReadAllBytes(Path);
        Refuses(words, () => Fit(Options.KeptIn(Path)));
        Assert.Equal(before, File.ReadAllBytes(Path));
    }

    private static void Apply(string damage, CheckpointParts parts)
    {
        switch (damage)
        {
            case "format missing": parts.Metadata.Remove("unfold_fit_checkpoint"); break;
            case "format newer": parts.Metadata["unfold_fit_checkpoint"] = "2"; break;
            case "weights missing": parts.Remove("output.bias"); break;
            case "weights not a number": parts.Edit<float>("output.bias", values => values[0] = float.NaN); break;
            case "a moment missing": parts.Remove(parts.Moment); break;
            case "generator missing": parts.Remove("random"); break;
            case "generator of zeros": parts.Edit<byte>("random", values => values.Clear()); break;
            case "pass generator of zeros": parts.Edit<byte>("random.pass", values => values.Clear()); break;
            case "schedule long": parts.Change("schedule", _ => new CheckpointPart(SafeTensorsType.F64, [1], new byte[8])); break;
            case "epochs odd": parts.Shorten("epochs"); break;
            case "loss not a number": parts.Edit<double>("progress", values => values[0] = double.NaN); break;
            case "steps too many": parts.Edit<long>("counters", values => values[0]++); break;
            case "batches negative": parts.Edit<long>("counters", values => (values[0], values[1]) = (3, -1)); break;
            case "batches too many": parts.Edit<long>("counters", values => (values[0], values[1]) = (9, 5)); break;
            case "best epoch of later": parts.Edit<long>("counters", values => values[3] = 2); break;
            case "no targets": parts.Edit<long>("counters", values => values[2] = 0); break;
            case "best missing": parts.Remove("best"); break;
            case "best not a number": parts.Edit<float>("best", values => values[0] = float.PositiveInfinity); break;
            case "a moment not a number": parts.Edit<float>(parts.Moment, values => values[0] = float.NaN); break;
            case "too many passes":
                parts.Lengthen("epochs", 8);
                parts.Edit<long>("counters", values => values[0] = 17);
                break;
            case "a validation missing": parts.Edit<double>("epochs", values => values[1] = double.NaN); break;
            case "time negative": parts.Edit<double>("progress", values => values[1] = -1); break;
            default: Assert.Fail(damage); break;
        }
    }

    private static void RequireSame(SequenceModel wanted, SequenceModel found, string when)
    {
        Assert.True(wanted.Parameters.Values.SequenceEqual(found.Parameters.Values), $"The weights differ {when}.");
        Assert.Equal(wanted.Training!.Epochs, found.Training!.Epochs);
        Assert.Equal((wanted.Training.BestEpoch, false), (found.Training.BestEpoch, found.Training.Stopped));
    }

    private static void Refuses(string words, Action act) => Assert.Contains(words, Assert.Throws<UnfoldException>(act).Message, StringComparison.Ordinal);

    private ClozeModel Fit(FitOptions options) => ClozeModel.Fit(Sentences(60), _vocabulary, Settings, options, Sentences(7));

    private static SequenceEncoderSettings Settings => new() { Hidden = 5, Embedding = 3, Dropout = 0.2 };

    private static FitOptions Options => new() { Epochs = Epochs, BatchSize = 16, LearningRate = 0.02, Seed = 5, Workers = new Workers(1) };

    private static int[][] Sentences(int count)
    {
        var random = new SeededRandom((ulong)count);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 1 + random.NextInt32(6)).Select(_ => Vocabulary.SpecialCount + random.NextInt32(4)).ToArray())];
    }
}
