namespace Unfold.Bench;

/// <summary>How long does one streamed token take?</summary>
internal static class StreamQuestion
{
    public static void Run(Options options)
    {
        Console.WriteLine($"Streaming: microseconds per token, LSTM-256 and an output of {Workload.Symbols}, batch 1");
        Machine.Print(options);
        var table = new Table("threads", "blocks of 100 tokens", "median us", "best us", "tokens/s");
        foreach (int threads in (int[])[1, options.Threads])
        {
            var step = new StreamingStep(threads);
            Console.WriteLine($"  check        cross-entropy against the equations in double precision: relative difference {Checked.Below(1e-5, step.Check(), "stream256"):0.0e+00}");
            int blocks = options.Quick ? 1 : 20 * options.Repeats;
            var samples = new Samples();
            for (int i = 0; i < (options.Quick ? 1 : 50); i++)
            {
                step.Run();
            }

            for (int i = 0; i < blocks; i++)
            {
                samples.Time(step.Run);
            }

            double perToken = samples.Median / StreamingStep.Block;
            table.Add(Table.Number(threads, 0), Table.Number(blocks, 0), Table.Number(1e6 * perToken, 1), Table.Number(1e6 * samples.Best / StreamingStep.Block, 1), Table.Number(1 / perToken, 0));
        }

        table.Print();
    }
}
