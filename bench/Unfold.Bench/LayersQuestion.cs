using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>How long does a training step of bidirectional, stacked and residual layers take, beside PyTorch?</summary>
internal static class LayersQuestion
{
    private const int Time = 40, Batch = 50, Width = 256;
    private const double Wanted = 2;

    /// <summary>The input width of these layers and of those on padded batches.</summary>
    public const int Input = 128;

    private static readonly (string Name, Func<SeededRandom, SequenceLayer> Create)[] Layers =
    [
        ("bidirectional-lstm", random => new Bidirectional(new LstmCell(Input, Width, random, name: "forward"), new LstmCell(Input, Width, random, name: "backward"))),
        ("bidirectional-gru", random => new Bidirectional(new GruCell(Input, Width, random, name: "forward"), new GruCell(Input, Width, random, name: "backward"))),
        ("stacked-lstm", random => new StackedLayers(ThreeLayers(random), dropout: 0.2)),
        ("residual-lstm", random => new StackedLayers(ThreeLayers(random), connection: StackConnection.Residual)),
    ];

    public static void Run(Options options)
    {
        Console.WriteLine($"Training steps of layers of {Width} on {Batch} sequences of {Time} vectors of {Input}: forward, backward to the weights, Adam; taken in turns");
        Machine.Print(options);
        using PeerTeam peers = PeerTeam.StartPyTorch(options);
        var workers = new Workers(options.Threads);
        var table = new Table("layers", "ms/step", "best", "steps/s of one sequence", "PyTorch ms", "best", "ratio", "of bests", "PyTorch's setting", "target");
        foreach ((string name, Func<SeededRandom, SequenceLayer> create) in Layers.Where(layer => options.Wants(layer.Name)))
        {
            var step = new LayerTraining(create(new SeededRandom(1)), Time, Batch, lengths: null, Padding.LeftOut, workers);
            (double loss, double slope) = step.Check(sequence: 7);
            Console.WriteLine($"  check        {name}: relative difference of the loss {Checked.Below(1e-5, loss, name):0.0e+00}, of the gradient along a random direction {Checked.Below(1e-3, slope, name):0.0e+00}");
            Samples here = new();
            var there = new PeerSamples();
            for (int repeat = options.Quick ? 0 : -2; repeat < options.Repeats; repeat++)
            {
                (repeat < 0 ? new Samples() : here).Time(step.Run);
                peers.TakeTurns(name, 1, repeat < 0 ? new PeerSamples() : there);
            }

            (Samples peer, string setting) = there.Best("PyTorch");
            double ratio = peer.Median / here.Median;
            table.Add(
                name,
                Table.Number(1000 * here.Median),
                Table.Number(1000 * here.Best),
                Table.Number(Time * Batch / here.Median, 0),
                Table.Number(1000 * peer.Median),
                Table.Number(1000 * peer.Best),
                Table.Ratio(ratio),
                Table.Ratio(peer.Best / here.Best),
                setting,
                double.IsNaN(ratio) ? "" : Target.AtLeast(Wanted, ratio, 0));
        }

        Console.WriteLine();
        table.Print();
    }

    private static Recurrent[] ThreeLayers(SeededRandom random) =>
        [.. Enumerable.Range(0, 3).Select(layer => new Recurrent(new LstmCell(layer == 0 ? Input : Width, Width, random, name: $"layers.{layer}")))];
}
