using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>Does a steady-state training step allocate more when the batch, the sequence or the model grows?</summary>
internal static class AllocationsQuestion
{
    private const int Warmup = 10;

    public static void Run(Options options)
    {
        int steps = options.Quick ? 2 : 20;
        Console.WriteLine($"Allocations: bytes on the managed heap per training step, mean of {steps} steps after {Warmup}, all threads counted");
        Machine.Print(options);
        var workers = new Workers(options.Threads);
        foreach (CellKind cell in new[] { CellKind.Lstm, CellKind.Gru, CellKind.Rnn })
        {
            var table = new Table($"{cell.ToString().ToLowerInvariant()}: batch x sequence x hidden", "floats in the step", "bytes allocated");
            foreach ((int batch, int sequence, int hidden) in Sizes(options.Quick))
            {
                var workload = new Workload("", new() { Cell = cell, Hidden = hidden, Layers = 2 }, Workload.Symbols, batch, sequence, LossOver.All);
                var step = new TrainingStep(workload, workers);
                for (int i = 0; i < Warmup; i++)
                {
                    step.Run();
                }

                long before = GC.GetTotalAllocatedBytes(precise: true);
                for (int i = 0; i < steps; i++)
                {
                    step.Run();
                }

                long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
                long floats = step.Model.Parameters.ValueCount + ((long)workload.Tokens * (workload.GatesWidth + hidden));
                table.Add($"{batch} x {sequence} x {hidden}", Table.Number(floats, 0), Table.Number((double)allocated / steps, 0));
            }

            table.Print();
        }
    }

    private static IEnumerable<(int Batch, int Sequence, int Hidden)> Sizes(bool quick) => quick
        ? [(10, 20, 64), (50, 20, 64)]
        :
        [
            (10, 20, 64), (25, 20, 64), (50, 20, 64), (100, 20, 64),
            (10, 50, 64), (10, 100, 64), (10, 200, 64),
            (10, 20, 128), (10, 20, 256), (10, 20, 512),
        ];
}
