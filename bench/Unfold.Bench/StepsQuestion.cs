using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>How long does a training step take here, in PyTorch and in oneDNN, and how much of it is the FMA peak?</summary>
internal static class StepsQuestion
{
    private const string Stream = StreamingStep.Name;

    /// <summary>What was measured of one training workload.</summary>
    private sealed record Measured(Workload Workload, double Operations, double PeakOperations)
    {
        public Samples Step { get; } = new();

        public Samples LayerOfTokens { get; } = new();

        public Samples LayerOfDense { get; } = new();

        public Samples Forward { get; } = new();

        public Samples Backward { get; } = new();

        public Samples WeightGradient { get; } = new();

        public Samples Peak { get; } = new();

        public PeerSamples Peers { get; } = new();
    }

    public static void Run(Options options)
    {
        foreach (string name in options.Only)
        {
            if (name != Stream && Workload.Trainings.All(workload => workload.Name != name))
            {
                throw new ArgumentException($"'{name}' is not one of {string.Join(", ", Workload.Trainings.Select(workload => workload.Name))}, {Stream}.");
            }
        }

        Console.WriteLine("Training steps and streamed tokens, taken in turns");
        Machine.Print(options);
        using PeerTeam peers = PeerTeam.Start(options);
        var workers = new Workers(options.Threads);
        List<Measured> all = [.. Workload.Trainings.Where(workload => options.Wants(workload.Name)).Select(workload => Measure(workload, workers, peers, options))];
        (Samples here, PeerSamples there) = options.Wants(Stream) ? MeasureStream(peers, options) : (new Samples(), new PeerSamples());
        Console.WriteLine();
        if (all.Count > 0)
        {
            PrintSteps(all);
            PrintLayers(all);
            PrintProducts(all);
        }

        if (options.Wants(Stream))
        {
            PrintStream(here, there, peers.Names, options.Threads);
        }
    }

    private static Measured Measure(Workload workload, Workers workers, PeerTeam peers, Options options)
    {
        var step = new TrainingStep(workload, workers);
        (double loss, double slope) = step.Check(rows: options.Quick ? 1 : 2);
        Console.WriteLine($"  check        {workload.Name}: relative difference of the loss {Checked.Below(1e-5, loss, workload.Name):0.0e+00}, of the gradient along a random direction {Checked.Below(1e-3, slope, workload.Name):0.0e+00}");

        // The large steps take a second in some peer: there one a turn is enough.
        int stepsEach = options.Quick || workload.Settings.Layers > 1 ? 1 : 3;
        int loops = options.Quick ? 10_000 : ProductsQuestion.PeakLoops;
        var tokens = new LayerStep(workload, LayerInput.Tokens, workers);
        var dense = new LayerStep(workload, LayerInput.Dense, workers);
        var products = new RecurrentProducts(workload.Steps, workload.Batch, workload.Hidden, workload.GatesWidth, workers);
        var measured = new Measured(workload, products.Operations, FmaPeak.Operations(FmaPeak.WidthInUse, loops, workers.Count));
        (Samples Samples, Action Body)[] turns =
        [
            (measured.Step, () => step.Run()),
            (measured.LayerOfTokens, tokens.Run),
            (measured.LayerOfDense, dense.Run),
            (measured.Forward, products.Forward),
            (measured.Backward, products.Backward),
            (measured.WeightGradient, products.WeightGradient),
            (measured.Peak, () => FmaPeak.Run(FmaPeak.WidthInUse, loops, workers)),
        ];
        foreach ((_, Action body) in turns)
        {
            for (int i = 0; i < (options.Quick ? 0 : 5); i++)
            {
                body();
            }
        }

        for (int repeat = 0; repeat < options.Repeats; repeat++)
        {
            foreach ((Samples samples, Action body) in turns)
            {
                for (int i = 0; i < stepsEach; i++)
                {
                    samples.Time(body);
                }
            }

            peers.TakeTurns(workload.Name, stepsEach, measured.Peers);
        }

        return measured;
    }

    private static (Samples Here, PeerSamples There) MeasureStream(PeerTeam peers, Options options)
    {
        var step = new StreamingStep(options.Threads);
        Console.WriteLine($"  check        {Stream}: relative difference of the loss {Checked.Below(1e-5, step.Check(), Stream):0.0e+00}");
        // Tens of milliseconds a turn: a stream in progress, not the waking of threads and caches.
        int blocksEach = options.Quick ? 1 : 50;
        for (int i = 0; i < (options.Quick ? 0 : 50); i++)
        {
            step.Run();
        }

        var here = new Samples();
        var there = new PeerSamples();
        for (int repeat = 0; repeat < options.Repeats; repeat++)
        {
            for (int i = 0; i < blocksEach; i++)
            {
                here.Time(step.Run);
            }

            peers.TakeTurns(Stream, blocksEach, there);
        }

        return (here, there);
    }

    private static void PrintSteps(List<Measured> all)
    {
        Console.WriteLine("Whole training steps: gradients to zero, forward, loss, backward, Adam");
        var table = new Table("workload", "ms/step", "best", "tokens/s", "PyTorch ms", "best", "tokens/s", "ratio", "of bests", "PyTorch's setting");
        foreach (Measured one in all)
        {
            (Samples peer, string setting) = one.Peers.Best("PyTorch");
            table.Add(
                one.Workload.Name,
                Milliseconds(one.Step.Median),
                Milliseconds(one.Step.Best),
                Table.Number(one.Workload.Tokens / one.Step.Median, 0),
                Milliseconds(peer.Median),
                Milliseconds(peer.Best),
                Table.Number(one.Workload.Tokens / peer.Median, 0),
                Table.Ratio(peer.Median / one.Step.Median),
                Table.Ratio(peer.Best / one.Step.Best),
                setting);
        }

        table.Print();
    }

    private static void PrintLayers(List<Measured> all)
    {
        Console.WriteLine("Recurrent layers alone: weights packed, forward, backward with the gradients of the weights; oneDNN is given dense input and returns its gradient");
        var table = new Table("layers", "ms, tokens in", "best", "ms, dense in", "best", "oneDNN ms", "best", "ratio, tokens in", "ratio, dense in", "oneDNN's setting");
        foreach (Measured one in all)
        {
            (Samples peer, string setting) = one.Peers.Best("oneDNN");
            table.Add(
                $"{one.Workload.Name}-layer",
                Milliseconds(one.LayerOfTokens.Median),
                Milliseconds(one.LayerOfTokens.Best),
                Milliseconds(one.LayerOfDense.Median),
                Milliseconds(one.LayerOfDense.Best),
                Milliseconds(peer.Median),
                Milliseconds(peer.Best),
                Table.Ratio(peer.Median / one.LayerOfTokens.Median),
                Table.Ratio(peer.Median / one.LayerOfDense.Median),
                setting.Split(',')[0]);
        }

        table.Print();
    }

    private static void PrintProducts(List<Measured> all)
    {
        Console.WriteLine("Products with the recurrent weights of one layer: GFLOP/s (medians), and their share of the FMA peak measured in the same turns");
        var table = new Table("workload", "h W", "dA W^T", "h^T dA", "together", "FMA peak", "share", "of bests", "share in the layers");
        foreach (Measured one in all)
        {
            double time = one.Forward.Median + one.Backward.Median + one.WeightGradient.Median;
            double best = one.Forward.Best + one.Backward.Best + one.WeightGradient.Best;
            double together = 3 * one.Operations / time, peak = one.PeakOperations / one.Peak.Median;

            // All time in the layers counts here: gates, packing, inputs; of the work only the recurrent products.
            double inLayers = one.Workload.Settings.Layers * 3 * one.Operations / one.LayerOfTokens.Median;
            table.Add(
                one.Workload.Name,
                Gigaflops(one.Operations / one.Forward.Median),
                Gigaflops(one.Operations / one.Backward.Median),
                Gigaflops(one.Operations / one.WeightGradient.Median),
                Gigaflops(together),
                Gigaflops(peak),
                Table.Share(together / peak),
                Table.Share(3 * one.Operations / best / (one.PeakOperations / one.Peak.Best)),
                Table.Share(inLayers / peak));
        }

        table.Print();
    }

    private static void PrintStream(Samples here, PeerSamples there, IEnumerable<string> peers, int threads)
    {
        Console.WriteLine("Streaming, one token at a time: microseconds per token");
        var table = new Table("who", "median", "best", "tokens/s", "ratio", "setting");
        table.Add("Unfold", Microseconds(here.Median), Microseconds(here.Best), Table.Number(StreamingStep.Block / here.Median, 0), "", $"{threads} {(threads == 1 ? "thread" : "threads")} given");
        foreach (string name in peers)
        {
            (Samples peer, string setting) = there.Best(name);
            if (setting.Length > 0)
            {
                table.Add(name, Microseconds(peer.Median), Microseconds(peer.Best), Table.Number(StreamingStep.Block / peer.Median, 0), Table.Ratio(peer.Median / here.Median), setting);
            }
        }

        table.Print();
    }

    private static string Milliseconds(double seconds) => Table.Number(1000 * seconds);

    private static string Microseconds(double seconds) => Table.Number(1e6 * seconds / StreamingStep.Block, 1);

    private static string Gigaflops(double perSecond) => Table.Number(perSecond / 1e9, 1);
}
