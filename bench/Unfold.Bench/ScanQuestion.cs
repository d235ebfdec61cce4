using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>What does the scan over time gain: against one step after the other, an LSTM of equal width, and PyTorch?</summary>
internal static class ScanQuestion
{
    private const int Width = 256;

    // PyTorch takes seconds and gigabytes for the longest.
    private const int LongestOfPeers = 1024;

    private static readonly (CellKind Kind, string Name)[] Kinds = [(CellKind.MinGru, "mingru"), (CellKind.MinLstm, "minlstm")];

    /// <summary>What was measured of one cell at one shape.</summary>
    private sealed record Measured(string Name, int Time, int Batch)
    {
        public Samples Scan { get; } = new();

        public Samples Steps { get; } = new();

        public PeerSamples Peers { get; } = new();

        public double Tokens => (double)Time * Batch;

        public string Shape => $"{Name}-{Time}x{Batch}";
    }

    public static void Run(Options options)
    {
        Console.WriteLine($"Training steps of one layer of {Width} on dense input of {Width}: forward, backward to weights and input, Adam; taken in turns");
        Machine.Print(options);
        using PeerTeam peers = PeerTeam.StartPyTorch(options);
        var workers = new Workers(options.Threads);
        foreach ((CellKind kind, string name) in Kinds)
        {
            (double outputs, double slope) = new ScanStep(kind, time: 70, batch: 3, Width, workers).Check();
            Console.WriteLine($"  check        {name}: largest difference of an output {Checked.Below(1e-5, outputs, name):0.0e+00}, of the gradient along a random direction {Checked.Below(1e-3, slope, name):0.0e+00}");
        }

        Console.WriteLine();
        foreach (int batch in new[] { 8, 32 })
        {
            foreach (int time in new[] { 128, 512, 1024, 4096 })
            {
                if (options.Wants($"{time}x{batch}"))
                {
                    Measure(time, batch, workers, peers, options);
                }
            }
        }
    }

    private static void Measure(int time, int batch, Workers workers, PeerTeam peers, Options options)
    {
        List<Measured> all = [.. Kinds.Select(kind => new Measured(kind.Name, time, batch))];
        var lstm = new Samples();
        var lstmStep = new ScanStep(CellKind.Lstm, time, batch, Width, workers);
        ScanStep[] steps = [.. Kinds.Select(kind => new ScanStep(kind.Kind, time, batch, Width, workers))];
        for (int repeat = options.Quick ? 0 : -1; repeat < options.Repeats; repeat++)
        {
            for (int i = 0; i < all.Count; i++)
            {
                // The first turn warms.
                (repeat < 0 ? new Samples() : all[i].Scan).Time(steps[i].Run);
                (repeat < 0 ? new Samples() : all[i].Steps).Time(steps[i].RunSteps);
                if (time <= LongestOfPeers)
                {
                    peers.TakeTurns(all[i].Shape, 1, repeat < 0 ? new PeerSamples() : all[i].Peers);
                }
            }

            (repeat < 0 ? new Samples() : lstm).Time(lstmStep.Run);
        }

        Console.WriteLine($"T = {time}, B = {batch}: milliseconds a step (medians; best)");
        var table = new Table("cell", "scan", "best", "tokens/s", "step by step", "ratio", "LSTM", "best", "ratio", "of bests", "PyTorch", "best", "ratio", "of bests", "PyTorch's setting");
        foreach (Measured one in all)
        {
            (Samples peer, string setting) = one.Peers.Best("PyTorch");
            table.Add(
                one.Name,
                Milliseconds(one.Scan.Median),
                Milliseconds(one.Scan.Best),
                Table.Number(one.Tokens / one.Scan.Median, 0),
                Milliseconds(one.Steps.Median),
                Table.Ratio(one.Steps.Median / one.Scan.Median),
                Milliseconds(lstm.Median),
                Milliseconds(lstm.Best),
                Table.Ratio(lstm.Median / one.Scan.Median),
                Table.Ratio(lstm.Best / one.Scan.Best),
                Milliseconds(peer.Median),
                Milliseconds(peer.Best),
                Table.Ratio(peer.Median / one.Scan.Median),
                Table.Ratio(peer.Best / one.Scan.Best),
                setting);
        }

        table.Print();
    }

    private static string Milliseconds(double seconds) => Table.Number(1000 * seconds);
}
