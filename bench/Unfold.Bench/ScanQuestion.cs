using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>What does the scan over time gain: against one step after the other, an LSTM of equal width, and PyTorch?</summary>
internal static class ScanQuestion
{
    private const int Width = 256;

    // PyTorch takes seconds and gigabytes for the longest.
    private const int LongestOfPeers = 1024;

    private static readonly (CellKind Kind, string Name)[] Kinds = [(CellKind.MinGru, "mingru"), (CellKind.MinLstm, "minlstm"), (CellKind.Lstm, "lstm")];

    /// <summary>What was measured at one shape.</summary>
    private sealed class Measured(CellKind kind, string name, int time, int batch, Workers workers)
    {
        private readonly ScanStep _dense = new(kind, LayerInput.Dense, time, batch, Width, workers);
        private readonly ScanStep _tokens = new(kind, LayerInput.Tokens, time, batch, Width, workers);

        public string Name { get; } = name;

        public Samples Dense { get; } = new();

        public Samples Tokens { get; } = new();

        public Samples Steps { get; } = new();

        public PeerSamples Peers { get; } = new();

        /// <summary>Takes a turn; what it takes counts nowhere the first time.</summary>
        public void TakeTurn(PeerTeam? peers, bool warming)
        {
            (warming ? new Samples() : Dense).Time(_dense.Run);
            (warming ? new Samples() : Tokens).Time(_tokens.Run);
            if (kind != CellKind.Lstm)
            {
                (warming ? new Samples() : Steps).Time(_dense.RunSteps);
                peers?.TakeTurns($"{Name}-{time}x{batch}", 1, warming ? new PeerSamples() : Peers);
            }
        }
    }

    public static void Run(Options options)
    {
        Console.WriteLine($"Training steps of one layer of {Width} on long sequences: forward, backward to weights and dense input, Adam; taken in turns");
        Machine.Print(options);
        using PeerTeam peers = PeerTeam.StartPyTorch(options);
        var workers = new Workers(options.Threads);
        foreach ((CellKind kind, string name) in Kinds)
        {
            (double outputs, double slope) = new ScanStep(kind, LayerInput.Dense, time: 70, batch: 3, Width, workers).Check();
            Console.WriteLine($"  check        {name}: largest difference of an output {Checked.Below(1e-5, outputs, name):0.0e+00}, of the gradient along a random direction {Checked.Below(1e-3, slope, name):0.0e+00}");
        }

        Console.WriteLine();
        int[] times = options.Quick ? [128] : [128, 512, 1024, 4096];
        foreach (int batch in new[] { 8, 32 })
        {
            foreach (int time in times.Where(time => options.Wants($"{time}x{batch}")))
            {
                Measure(time, batch, workers, peers, options);
            }
        }
    }

    private static void Measure(int time, int batch, Workers workers, PeerTeam peers, Options options)
    {
        List<Measured> all = [.. Kinds.Select(kind => new Measured(kind.Kind, kind.Name, time, batch, workers))];
        for (int repeat = options.Quick ? 0 : -1; repeat < options.Repeats; repeat++)
        {
            foreach (Measured one in all)
            {
                one.TakeTurn(time <= LongestOfPeers ? peers : null, warming: repeat < 0);
            }
        }

        Console.WriteLine($"T = {time}, B = {batch}: milliseconds a step, and ratios to the scan (medians; in brackets those of the best turns)");
        var table = new Table("cell, input", "scan", "best", "tokens/s", "step by step", "", "LSTM", "best", "", "", "PyTorch", "best", "", "", "PyTorch's way");
        Measured lstm = all[^1];
        foreach (Measured one in all[..^1])
        {
            (Samples peer, string setting) = one.Peers.Best("PyTorch");
            table.Add([$"{one.Name}, {Width} numbers", .. Scan(one.Dense, time * batch), Milliseconds(one.Steps.Median), Table.Ratio(one.Steps.Median / one.Dense.Median), .. Against(lstm.Dense, one.Dense), .. Against(peer, one.Dense), setting]);
            table.Add([$"{one.Name}, tokens", .. Scan(one.Tokens, time * batch), "", "", .. Against(lstm.Tokens, one.Tokens)]);
        }

        table.Print();
    }

    private static string[] Scan(Samples scan, int tokens) => [Milliseconds(scan.Median), Milliseconds(scan.Best), Table.Number(tokens / scan.Median, 0)];

    private static string[] Against(Samples other, Samples scan) =>
        [Milliseconds(other.Median), Milliseconds(other.Best), Table.Ratio(other.Median / scan.Median), double.IsNaN(other.Best) ? "" : $"({Table.Ratio(other.Best / scan.Best)})"];

    private static string Milliseconds(double seconds) => Table.Number(1000 * seconds);
}
