using System.Diagnostics;
using System.Globalization;
using Unfold.Experiments.Data;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Pictures;

namespace Unfold.Experiments;

/// <summary>
/// Copy memory: ten symbols are to be repeated after a delay of blanks. Who knows all but the symbols has a loss of
/// 10 ln 8 / (delay + 20) nats a step; only a memory of 30 bits comes below it.
/// </summary>
/// <remarks>
/// <para>
/// Published at a delay of 1,000: LSTM 0.0204, GRU 0.0197, tanh network 0.0202, which is the loss of no memory (Bai et al., 2018, Table 1).
/// An RNN that is orthogonal and linear solves it at once (Henaff et al., 2016), because nothing is lost and nothing explodes.
/// </para>
/// <para>
/// Each training sequence is seen once; the test sequences are drawn behind them. The gated units begin with memories of 1 step to one and
/// a half delays. Settings were chosen on sequences of another seed: with 2,000 updates at a rate of 0.003 GRU and LSTM had 0.241 and
/// 0.246 at a delay of 50, the LSTM 0.218 with gradients cut at 0.1 in place of 1; with 4,000 updates at 0.006 and cut at 0.1 they had 0.010 and 0.038.
/// </para>
/// </remarks>
internal sealed class CopyExperiment : Experiment
{
    /// <inheritdoc/>
    public override string Name => "copy";

    /// <inheritdoc/>
    public override string Summary => "Repeats ten symbols after delays of 50 and 100 blanks.";

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        foreach (int delay in context.Choose<int[]>([50, 100], [5]))
        {
            double Memory(double place) => 1 + (1.5 * delay * place);
            (string Name, SequenceEncoderSettings Settings, double Rate)[] models =
            [
                ("linear RNN (orthogonal)", new() { Cell = CellKind.Rnn, Activation = Activation.Identity }, 0.001),
                ("tanh RNN (orthogonal)", new() { Cell = CellKind.Rnn, Activation = Activation.Tanh }, 0.001),
                ("LSTM", new() { Cell = CellKind.Custom, CustomCell = LongMemory.Lstm(Memory) }, 0.006),
                ("GRU", new() { Cell = CellKind.Custom, CustomCell = LongMemory.Gru(Memory) }, 0.006),
                ("minLSTM, 3 layers", new() { Cell = CellKind.Custom, CustomCell = LongMemory.MinLstm(Memory), Layers = 3 }, 0.005),
            ];
            TaggedSequence[] train = Draw(context, delay, context.Choose(80_000, 200));
            TaggedSequence[] test = Draw(context, delay, context.Choose(1000, 50));
            double floor = CopyMemory.MemorylessLoss(delay);
            LineChart chart = SinglePass.Chart($"Copy memory, delay {delay}: loss", "nats a step");
            foreach ((string name, SequenceEncoderSettings settings, double rate) in models)
            {
                SequenceEncoderSettings forward = settings with { Hidden = 128, Reading = Reading.Forward, Embedding = 0 };
                Learn(context, chart, $"{name}, delay {delay}", train, test, forward, rate, floor);
            }

            context.Picture(chart.AddLevel("no memory", floor).ToSvg(), delay == 100 ? "100" : "");
        }
    }

    private static TaggedSequence[] Draw(ExperimentContext context, int delay, int count) =>
        [.. CopyMemory.Draw(context.Random.Split(), delay, count).Select(example => new TaggedSequence(Sequence.OfSymbols(Words(example.Inputs)), Words(example.Targets)))];

    private static string[] Words(int[] symbols) => [.. symbols.Select(symbol => symbol.ToString(CultureInfo.InvariantCulture))];

    private static void Learn(ExperimentContext context, LineChart chart, string name, TaggedSequence[] train, TaggedSequence[] test, SequenceEncoderSettings settings, double rate, double floor)
    {
        var options = new FitOptions { BatchSize = 20, LearningRate = rate, ClipNorm = 0.1 };
        (SequenceTagger model, Stopwatch watch) = SinglePass.Fit(context, chart, name, train.Length, scale: 1, options, fit => SequenceTagger.Fit(train, settings, fit));
        context.Report(name, "nats a step", model.Measure(test, context.Workers), floor, published: null, model.Parameters.ValueCount, watch.Elapsed.TotalSeconds);
    }
}
