using System.Diagnostics;
using System.Globalization;
using Unfold.Cells;
using Unfold.Experiments.Data;
using Unfold.Models;
using Unfold.Numerics.Kernels;
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
/// Each training sequence is seen once; the test sequences are drawn behind them. The LSTM's forget bias is about the logarithm of the
/// delay (Tallec and Ollivier, 2018). One set of settings was tried. 400 updates are enough for the linear network, but not for gates.
/// </para>
/// </remarks>
internal sealed class CopyExperiment : Experiment
{
    private const int Curve = 50;

    /// <inheritdoc/>
    public override string Name => "copy";

    /// <inheritdoc/>
    public override string Summary => "Repeats ten symbols after delays of 50 and 100 blanks.";

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        (string Name, SequenceEncoderSettings Settings, double Rate)[] models =
        [
            ("linear RNN (orthogonal)", new() { Cell = CellKind.Rnn, Activation = Activation.Identity }, 0.001),
            ("tanh RNN (orthogonal)", new() { Cell = CellKind.Rnn, Activation = Activation.Tanh }, 0.001),
            ("LSTM", new() { Cell = CellKind.Lstm, Lstm = new LstmOptions { ForgetBias = 4 } }, 0.003),
            ("GRU", new() { Cell = CellKind.Gru }, 0.003),
            ("minLSTM", new() { Cell = CellKind.MinLstm, Layers = 2 }, 0.003),
        ];
        foreach (int delay in context.Choose<int[]>([50, 100], [5]))
        {
            TaggedSequence[] train = Draw(context, delay, context.Choose(20_000, 200));
            TaggedSequence[] test = Draw(context, delay, context.Choose(1000, 50));
            double floor = CopyMemory.MemorylessLoss(delay);
            var chart = new LineChart($"Copy memory, delay {delay}: loss of the last sequences learned from")
            {
                HorizontalLabel = "sequences",
                VerticalLabel = "nats a step",
                VerticalScale = AxisScale.Logarithmic,
            };
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
        var curve = new LossCurve(Curve);
        var options = new FitOptions
        {
            Epochs = 1,
            BatchSize = 50,
            LearningRate = rate,
            Schedule = ScheduleKind.Cosine,
            ClipNorm = 1,
            Workers = context.Workers,
            Progress = progress => curve.Add(progress, loss => context.Progress(FormattableString.Invariant($"{name}: {progress.Done * train.Length:0} sequences, loss {loss:0.0000}"))),
        };
        var watch = Stopwatch.StartNew();
        SequenceTagger model = SequenceTagger.Fit(train, settings, options);
        context.Report(name, "nats a step", model.Measure(test, context.Workers), floor, published: null, model.Parameters.ValueCount, watch.Elapsed.TotalSeconds);
        chart.Add(name, [.. curve.Shares.Select(share => share * train.Length)], [.. curve.Losses]);
    }
}
