using Unfold.Numerics;
using Unfold.Numerics.Products;

namespace Unfold.Bench;

/// <summary>How near to the FMA peak do the matrix products of the workloads come?</summary>
internal static class ProductsQuestion
{
    /// <summary>How long a turn of the measured peak takes: about ten milliseconds.</summary>
    public const int PeakLoops = 1_000_000;

    /// <summary>A product of which one turn does several where one alone would be over in no time.</summary>
    private sealed record Contestant(string Name, string Shape, double OperationsOnce, Action Body)
    {
        // About a millisecond on two cores.
        private const double OperationsEachTurn = 2e8;

        private int Times => Math.Max(1, (int)(OperationsEachTurn / OperationsOnce));

        public double Operations => Times * OperationsOnce;

        public Samples Samples { get; } = new();

        public void TakeTurn() => Samples.Time(() =>
        {
            for (int i = 0; i < Times; i++)
            {
                Body();
            }
        });
    }

    public static void Run(Options options)
    {
        var workers = new Workers(options.Threads);
        Console.WriteLine("Matrix products: GFLOP/s on all threads, and the share of the FMA peak measured in the same run (median to median)");
        Machine.Print(options);
        Console.WriteLine($"  check        largest error of a product against sums in double precision: {Check(workers):0.0e+00} of the sum of absolute terms");
        List<Contestant> contestants = [.. Contestants(workers, options)];
        int loops = options.Quick ? 10_000 : PeakLoops;
        var peak = new Contestant("FMA peak", "", FmaPeak.Operations(FmaPeak.WidthInUse, loops, workers.Count), () => FmaPeak.Run(FmaPeak.WidthInUse, loops, workers));
        for (int repeat = -1; repeat < options.Repeats; repeat++)
        {
            foreach (Contestant contestant in contestants.Append(peak))
            {
                if (repeat < 0)
                {
                    contestant.Body();
                }
                else
                {
                    contestant.TakeTurn();
                }
            }
        }

        var table = new Table("product", "m x k x n", "median", "best", "share");
        foreach (Contestant contestant in contestants.Append(peak))
        {
            double median = contestant.Operations / contestant.Samples.Median / 1e9;
            double share = median / (peak.Operations / peak.Samples.Median / 1e9);
            table.Add(contestant.Name, contestant.Shape, Table.Number(median, 1), Table.Number(contestant.Operations / contestant.Samples.Best / 1e9, 1), Table.Share(share));
        }

        table.Print();
    }

    private static IEnumerable<Contestant> Contestants(Workers workers, Options options)
    {
        foreach (Workload workload in Workload.Trainings.Where(workload => options.Wants(workload.Name)))
        {
            int h = workload.Hidden, g = workload.GatesWidth, rows = workload.Tokens;
            var products = new RecurrentProducts(workload.Steps, workload.Batch, h, g, workers);
            int share = (workload.Batch + workers.Count - 1) / workers.Count;
            yield return new($"{workload.Name} h W", $"{share} x {h} x {g}", products.Operations, products.Forward);
            yield return new($"{workload.Name} dA W^T", $"{share} x {g} x {h}", products.Operations, products.Backward);
            yield return new($"{workload.Name} h^T dA", $"{h} x {rows} x {g}", products.Operations, products.WeightGradient);
            if (workload.Settings.Layers > 1)
            {
                yield return Dense($"{workload.Name} dA U^T", rows, g, h, workers);
            }

            int outputs = workload.Loss == Models.LossOver.All ? rows : workload.Batch;
            yield return Dense($"{workload.Name} logits", outputs, h, workload.Vocabulary, workers);
        }
    }

    private static Contestant Dense(string name, int m, int k, int n, Workers workers)
    {
        var random = new SeededRandom(4);
        float[] a = Draw(random, m * k), b = Draw(random, k * n), c = new float[m * n];
        void Body() => MatrixProduct.Multiply(workers, new MatrixView(a, m, k), new MatrixView(b, k, n), c, Accumulation.Overwrite);
        return new(name, $"{m} x {k} x {n}", 2.0 * m * k * n, Body);
    }

    /// <summary>Compares packed and unpacked products, plain and transposed, with naive ones.</summary>
    private static double Check(Workers workers)
    {
        var random = new SeededRandom(5);
        double worst = 0;
        foreach ((int m, int k, int n) in new[] { (25, 256, 1024), (25, 1024, 256), (50, 256, 57), (37, 130, 253) })
        {
            float[] a = Draw(random, m * k), b = Draw(random, k * n), turned = new float[k * m], packed = new float[m * n], plain = new float[m * n], transposed = new float[m * n];
            for (int i = 0; i < m * k; i++)
            {
                turned[(i % k * m) + (i / k)] = a[i];
            }

            var matrix = new PackedMatrix();
            matrix.Pack(new MatrixView(b, k, n), workers);
            matrix.Multiply(a, k, m, packed, n, Accumulation.Overwrite);
            MatrixProduct.Multiply(workers, new MatrixView(a, m, k), new MatrixView(b, k, n), plain, Accumulation.Overwrite);
            MatrixProduct.Multiply(workers, new MatrixView(turned, k, m).Transposed, new MatrixView(b, k, n), transposed, Accumulation.Overwrite);
            for (int i = 0; i < m * n; i++)
            {
                double sum = 0, size = 0;
                for (int j = 0; j < k; j++)
                {
                    double term = (double)a[(i / n * k) + j] * b[(j * n) + (i % n)];
                    sum += term;
                    size += Math.Abs(term);
                }

                worst = new[] { worst, Error(packed[i], sum, size), Error(plain[i], sum, size), Error(transposed[i], sum, size) }.Max();
            }
        }

        return worst < 1e-6 ? worst : throw new InvalidOperationException($"A product differs from the naive one by {worst:0.0e+00} of the sum of absolute terms: there is nothing to time.");
    }

    private static double Error(float found, double expected, double size) => double.IsNaN(found) ? double.PositiveInfinity : Math.Abs(found - expected) / size;

    private static float[] Draw(SeededRandom random, int length) => [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];
}
