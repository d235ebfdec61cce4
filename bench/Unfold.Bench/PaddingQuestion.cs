using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>Does a batch of unequal lengths cost what its tokens cost, or what the padding costs?</summary>
internal static class PaddingQuestion
{
    private const int Batch = 32, Width = 256;
    private const double Wanted = 2;

    // The same lengths as in bench/peers/pytorch_layers.py; 13 and 32 have no common factor, so each place is met once.
    private static readonly (string Name, string Words, int[] Lengths)[] Batches =
    [
        ("uniform", "5 to 100, evenly", [.. Places.Select(place => 5 + (95 * place / (Batch - 1)))]),
        ("heavy", "many short, one of 320", [.. Places.Select(place => Math.Max(5, 320 / ((2 * place) + 1)))]),
    ];

    private static IEnumerable<int> Places => Enumerable.Range(0, Batch).Select(sequence => 13 * sequence % Batch);

    public static void Run(Options options)
    {
        Console.WriteLine($"Training steps of one LSTM layer of {Width} on {Batch} sequences of unequal lengths of vectors of {LayersQuestion.Input}: forward, backward to the weights, Adam; taken in turns");
        Machine.Print(options);
        using PeerTeam peers = PeerTeam.StartPyTorch(options);
        var workers = new Workers(options.Threads);
        var times = new Table("lengths", "tokens", "with padding", "us/token", "best", "equal lengths", "best", "all padded", "best", "PyTorch", "best", "PyTorch's setting");
        var ratios = new Table("lengths", "to equal lengths", "of bests", "all padded to this", "PyTorch to this", "of bests", "target");
        foreach ((string name, string words, int[] lengths) in Batches.Where(batch => options.Wants(batch.Name)))
        {
            int longest = lengths.Max(), tokens = lengths.Sum();

            // As many tokens, or nearly so, in sequences of one length.
            int even = (tokens + (Batch / 2)) / Batch;
            LayerTraining packed = Create(longest, lengths, Padding.LeftOut, workers), padded = Create(longest, lengths, Padding.Computed, workers), equal = Create(even, null, Padding.LeftOut, workers);
            (double loss, double slope) = packed.Check(sequence: Array.IndexOf(lengths, lengths.Order().ElementAt(Batch - 6)));
            Console.WriteLine($"  check        {name}: relative difference of the loss {Checked.Below(1e-5, loss, name):0.0e+00}, of the gradient along a random direction {Checked.Below(1e-3, slope, name):0.0e+00}");
            Samples own = new(), all = new(), same = new();
            var there = new PeerSamples();
            for (int repeat = options.Quick ? 0 : -2; repeat < options.Repeats; repeat++)
            {
                (repeat < 0 ? new Samples() : own).Time(packed.Run);
                (repeat < 0 ? new Samples() : same).Time(equal.Run);
                (repeat < 0 ? new Samples() : all).Time(padded.Run);
                peers.TakeTurns(name, 1, repeat < 0 ? new PeerSamples() : there);
            }

            (Samples peer, string setting) = there.Best("PyTorch");
            double perEqual = (double)tokens / (even * Batch), ratio = peer.Median / own.Median;
            times.Add(
                $"{name}: {words}",
                Table.Number(tokens, 0),
                Table.Number(longest * Batch, 0),
                Microseconds(own.Median / tokens),
                Microseconds(own.Best / tokens),
                Microseconds(same.Median / (even * Batch)),
                Microseconds(same.Best / (even * Batch)),
                Microseconds(all.Median / tokens),
                Microseconds(all.Best / tokens),
                Microseconds(peer.Median / tokens),
                Microseconds(peer.Best / tokens),
                setting);
            ratios.Add(
                name,
                Table.Ratio(own.Median / same.Median / perEqual),
                Table.Ratio(own.Best / same.Best / perEqual),
                Table.Ratio(all.Median / own.Median),
                Table.Ratio(ratio),
                Table.Ratio(peer.Best / own.Best),
                double.IsNaN(ratio) ? "" : Target.AtLeast(Wanted, ratio, 0));
        }

        Console.WriteLine();
        Console.WriteLine("Microseconds per token of the sequences, padding not counted");
        times.Print();
        Console.WriteLine("Ratios of the time of one token");
        ratios.Print();
    }

    private static LayerTraining Create(int time, int[]? lengths, Padding padding, Workers workers) =>
        new(new Recurrent(new LstmCell(LayersQuestion.Input, Width, new SeededRandom(1))), time, Batch, lengths, padding, workers);

    private static string Microseconds(double seconds) => Table.Number(1e6 * seconds);
}
