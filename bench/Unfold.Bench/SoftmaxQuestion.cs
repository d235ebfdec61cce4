using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>What do the probabilities of a large vocabulary cost in training: all of them, in clusters, against a sample? And what is the least that all can cost?</summary>
internal static class SoftmaxQuestion
{
    public static void Run(Options options)
    {
        Console.WriteLine($"Training steps of the output alone: {SoftmaxStep.Rows} words, drawn by Zipf's law, from outputs of {SoftmaxStep.Width}; loss, backward, plain descent; {SoftmaxStep.Sampled} words in a sample; taken in turns");
        Machine.Print(options);
        var workers = new Workers(options.Threads);
        foreach (SoftmaxKind kind in Enum.GetValues<SoftmaxKind>())
        {
            double slope = new SoftmaxStep(kind, 10_000, workers).Check();
            Console.WriteLine($"  check        {kind}: relative difference of the slope along the gradient {Checked.Below(2e-3, slope, kind.ToString()):0.0e+00}");
        }

        Console.WriteLine();
        var table = new Table("words", "way", "ms/step", "best", "words/s", "to exact", "weights MB", "step MB");
        foreach (int classes in new[] { 10_000, 100_000 })
        {
            if (options.Wants($"{classes}"))
            {
                Measure(classes, workers, options, table);
            }
        }

        table.Print();
    }

    private static void Measure(int classes, Workers workers, Options options, Table table)
    {
        var products = new SoftmaxProducts(classes, workers);
        var alone = new Samples();
        products.Run();
        (SoftmaxKind Kind, SoftmaxStep Step, Samples Samples)[] ways = [.. Enum.GetValues<SoftmaxKind>().Select(kind => (kind, new SoftmaxStep(kind, classes, workers), new Samples()))];
        foreach ((_, SoftmaxStep step, _) in ways)
        {
            step.Start();
        }

        for (int repeat = 0; repeat < options.Repeats; repeat++)
        {
            foreach ((_, SoftmaxStep step, Samples samples) in ways)
            {
                samples.Time(step.Run);
            }

            alone.Time(products.Run);
        }

        double exact = ways[0].Samples.Median;
        foreach ((SoftmaxKind kind, SoftmaxStep step, Samples samples) in ways)
        {
            table.Add(
                Table.Number(classes, 0),
                kind.ToString().ToLowerInvariant(),
                Table.Number(1000 * samples.Median),
                Table.Number(1000 * samples.Best),
                Table.Number(SoftmaxStep.Rows / samples.Median, 0),
                kind == SoftmaxKind.Exact ? "" : Table.Ratio(exact / samples.Median),
                Table.Number(step.WeightBytes / 1e6, 1),
                Table.Number(step.StepBytes / 1e6, 1));
        }

        table.Add(
            Table.Number(classes, 0),
            "products of exact",
            Table.Number(1000 * alone.Median),
            Table.Number(1000 * alone.Best),
            Table.Number(SoftmaxStep.Rows / alone.Median, 0),
            Table.Ratio(exact / alone.Median),
            "",
            "");
    }
}
