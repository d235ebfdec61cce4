using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>How many multiply-adds can one core do, and how many can all of them at once?</summary>
internal static class PeakQuestion
{
    public static void Run(Options options)
    {
        int loops = options.Quick ? 10_000 : 2_000_000;
        Console.WriteLine("FMA peak: single precision, GFLOP/s, twelve independent chains in registers");
        Machine.Print(options);
        var table = new Table("registers", "threads", "median", "best");
        foreach (int bits in FmaPeak.Widths)
        {
            foreach (int threads in new[] { 1, options.Threads }.Distinct())
            {
                var workers = new Workers(threads);
                var samples = new Samples();
                FmaPeak.Run(bits, loops, workers);
                for (int repeat = 0; repeat < options.Repeats; repeat++)
                {
                    samples.Time(() => FmaPeak.Run(bits, loops, workers));
                }

                double operations = FmaPeak.Operations(bits, loops, threads);
                table.Add($"{bits} bits", Table.Number(threads, 0), Table.Number(operations / samples.Median / 1e9, 1), Table.Number(operations / samples.Best / 1e9, 1));
            }
        }

        table.Print();
    }
}
