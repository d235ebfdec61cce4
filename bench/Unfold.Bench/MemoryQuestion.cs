using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Training;

namespace Unfold.Bench;

/// <summary>How much memory does back-propagation through a long sequence take, kept whole and recomputed, and how much time?</summary>
internal static class MemoryQuestion
{
    private const int Batch = 16, Hidden = 256;
    private const string Whole = "whole", Segments = "segments";

    // A run that would take more is left out: nobody is to wait for a swapping machine.
    private const double MostBytes = 6e9;

    public static void Run(Options options)
    {
        if (options.Only is [var only] && only.Split('-') is [Whole or Segments, var steps])
        {
            Measure(only.StartsWith(Segments, StringComparison.Ordinal), int.Parse(steps, CultureInfo.InvariantCulture), options);
            return;
        }

        Console.WriteLine($"Training steps of a language model, LSTM {Hidden}, {Workload.Symbols} symbols, {Batch} sequences, loss over all steps; each run in a process of its own");
        Machine.Print(options);
        double difference = Compare(new Workers(options.Threads));
        Console.WriteLine($"  check        100 steps: relative difference of the two gradients {Checked.Below(1e-5, difference, "the gradient by recomputation"):0.0e+00}");
        Console.WriteLine();
        var table = new Table("steps", "way", "segments of", "floor MB", "arrays MB", "process MB", "seconds/step", "tokens/s", "time to whole");
        foreach (int length in options.Quick ? [100, 400] : new[] { 100, 1_000, 10_000, 100_000 })
        {
            double whole = double.NaN;
            foreach (string way in new[] { Whole, Segments })
            {
                int kept = way == Whole ? length : Root(length);
                double floor = Floor(length, kept);
                if (floor > MostBytes)
                {
                    table.Add(Table.Number(length, 0), way, "", Megabytes(floor), "left out");
                    continue;
                }

                CommandRun run = CommandRun.Of(Start(way, length, options));
                double seconds = run.Number("seconds");
                whole = way == Whole ? seconds : whole;
                table.Add(
                    Table.Number(length, 0),
                    way,
                    way == Whole ? "" : Table.Number(kept, 0),
                    Megabytes(floor),
                    Megabytes(run.Number("arrays")),
                    Megabytes(run.Number("process")),
                    Table.Number(seconds, 3),
                    Table.Number(length * Batch / seconds, 0),
                    way == Whole ? "" : Table.Ratio(seconds / whole));
            }
        }

        table.Print();
    }

    /// <summary>What must be held at once: for each kept step the gates, c, h, the gradient of h and the logits; two states a segment; the tokens and targets.</summary>
    private static double Floor(int steps, int kept)
    {
        double step = ((4 + 3) * Hidden) + Workload.Symbols;
        double borders = kept == steps ? 0 : (double)(steps - 1) / kept * 2 * Hidden;
        return sizeof(float) * Batch * ((kept * step) + borders + (2.0 * steps));
    }

    private static int Root(int steps) => (int)Math.Ceiling(Math.Sqrt(steps));

    private static ProcessStartInfo Start(string way, int steps, Options options)
    {
        ProcessStartInfo start = OwnProgram.Start([
            "memory", "--only", string.Create(CultureInfo.InvariantCulture, $"{way}-{steps}"), "--threads", $"{options.Threads}", "--repeats", $"{options.Repeats}"]);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        return start;
    }

    /// <summary>What a child does: some steps of one way, and a line about them.</summary>
    private static void Measure(bool segments, int steps, Options options)
    {
        var step = new LongStep(steps, new Workers(options.Threads), segments);
        step.Run();
        var samples = new Samples();
        int repeats = Math.Clamp(options.Repeats * 1_000 / steps, 1, options.Repeats);
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            samples.Time(step.Run);
        }

        long arrays = GC.GetTotalMemory(forceFullCollection: false);
        long peak = CommandRun.PeakOf(Process.GetCurrentProcess());
        using var line = new Utf8JsonWriter(Console.OpenStandardOutput());
        line.WriteStartObject();
        line.WriteNumber("seconds", samples.Median);
        line.WriteNumber("arrays", arrays);
        line.WriteNumber("process", peak);
        line.WriteEndObject();
        GC.KeepAlive(step);
    }

    /// <summary>The relative distance of the gradients of both ways.</summary>
    private static double Compare(Workers workers)
    {
        LongStep whole = new(100, workers, segments: false), cut = new(100, workers, segments: true);
        ReadOnlySpan<float> wanted = whole.Gradients(), found = cut.Gradients();
        double distance = 0, size = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            distance += Math.Pow(wanted[i] - found[i], 2);
            size += Math.Pow(wanted[i], 2);
        }

        return Math.Sqrt(distance / size);
    }

    private static string Megabytes(double bytes) => Table.Number(Target.Megabytes(bytes), 1);

    /// <summary>A training step on one long window.</summary>
    private sealed class LongStep
    {
        private readonly LanguageModel _model;
        private readonly Workers _workers;
        private readonly Tape? _tape;
        private readonly Recomputation? _recomputation;
        private readonly int[] _inputs, _targets;
        private readonly Adam _optimizer = new();

        public LongStep(int steps, Workers workers, bool segments)
        {
            var random = new SeededRandom(1);
            _model = new LanguageModel(new LanguageModelSettings { Hidden = Hidden }, Workload.CreateVocabulary(Workload.Symbols), random);
            _workers = workers;
            _tape = segments ? null : new Tape(workers);
            _recomputation = segments ? new Recomputation(workers) : null;
            _inputs = new int[steps * Batch];
            _targets = new int[steps * Batch];
            for (int i = 0; i < _inputs.Length; i++)
            {
                (_inputs[i], _targets[i]) = (random.NextInt32(Workload.Symbols), random.NextInt32(Workload.Symbols));
            }
        }

        public void Run()
        {
            Gradients();
            _optimizer.Step(_model.Parameters, 1e-3, gradientScale: 1, _workers);
        }

        public ReadOnlySpan<float> Gradients()
        {
            _model.Parameters.ClearGradients();
            if (_recomputation is not null)
            {
                _model.AddGradients(_recomputation, _inputs, _targets, Batch);
            }
            else
            {
                _tape!.Reset();
                _tape.Backward(_model.Loss(_tape, _inputs, _targets, Batch).Loss);
            }

            return _model.Parameters.Gradients;
        }
    }
}
