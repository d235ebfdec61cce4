using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>How long does a training step of an encoder-decoder take, with and without attention, here and in PyTorch?</summary>
internal static class AttentionQuestion
{
    public static void Run(Options options)
    {
        Console.WriteLine($"Training steps of an encoder-decoder: bidirectional LSTM and LSTM of {AttentionStep.Width}, {AttentionStep.Batch} sources of {AttentionStep.SourceSteps} symbols and targets of {AttentionStep.TargetSteps}, drawn by Zipf's law; taken in turns");
        Machine.Print(options);
        using PeerTeam peers = PeerTeam.StartPyTorch(options);
        var workers = new Workers(options.Threads);
        foreach (AttentionKind kind in Enum.GetValues<AttentionKind>())
        {
            double slope = new AttentionStep(kind, vocabulary: 50, workers, batch: 3).Check();
            Console.WriteLine($"  check        {kind}: relative difference of the slope along the gradient {Checked.Below(2e-3, slope, kind.ToString()):0.0e+00}");
        }

        Console.WriteLine();
        var table = new Table("attention, symbols", "ms/step", "best", "symbols/s", "PyTorch ms", "best", "symbols/s", "ratio", "of bests", "PyTorch's setting");
        foreach (int vocabulary in new[] { 100, 5_000 })
        {
            foreach (AttentionKind kind in Enum.GetValues<AttentionKind>())
            {
                string name = $"{kind.ToString().ToLowerInvariant()}-{vocabulary}";
                if (options.Wants(name))
                {
                    Measure(name, new AttentionStep(kind, vocabulary, workers), peers, options, table);
                }
            }
        }

        table.Print();
    }

    private static void Measure(string name, AttentionStep step, PeerTeam peers, Options options, Table table)
    {
        const int stepsEach = 2;
        var here = new Samples();
        var there = new PeerSamples();
        for (int i = 0; i < (options.Quick ? 0 : 3); i++)
        {
            step.Run();
        }

        for (int repeat = 0; repeat < options.Repeats; repeat++)
        {
            for (int i = 0; i < stepsEach; i++)
            {
                here.Time(step.Run);
            }

            peers.TakeTurns(name, stepsEach, there);
        }

        (Samples peer, string setting) = there.Best("PyTorch");
        int symbols = AttentionStep.Batch * AttentionStep.TargetSteps;
        table.Add(
            name,
            Table.Number(1000 * here.Median),
            Table.Number(1000 * here.Best),
            Table.Number(symbols / here.Median, 0),
            Table.Number(1000 * peer.Median),
            Table.Number(1000 * peer.Best),
            Table.Number(symbols / peer.Median, 0),
            Table.Ratio(peer.Median / here.Median),
            Table.Ratio(peer.Best / here.Best),
            setting);
    }
}
