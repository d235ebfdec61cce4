using Unfold.Cells;
using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>How much longer does a training step take with each of the LSTM's options than the plain one?</summary>
internal static class LstmQuestion
{
    private static readonly LstmOptions[] Variants =
    [
        new(),
        new() { Peepholes = true },
        new() { CoupledInputForget = true },
        new() { Projection = 128 },
        new() { CellClip = 3 },
        new() { LayerNormalization = true },
        new() { RecurrentDropout = 0.2 },
        new() { ZoneoutHidden = 0.05, ZoneoutCell = 0.5 },
        new() { Peepholes = true, CoupledInputForget = true, Projection = 128, CellClip = 3, ProjectionClip = 1, LayerNormalization = true, RecurrentDropout = 0.2, ZoneoutHidden = 0.05, ZoneoutCell = 0.5 },
    ];

    public static void Run(Options options)
    {
        Workload plain = Workload.Trainings.Single(workload => workload.Name == "lstm256");
        Console.WriteLine($"The LSTM's options: training steps of {plain.Name}, taken in turns");
        Machine.Print(options);
        var workers = new Workers(options.Threads);
        TrainingStep[] steps = [.. Variants.Select(variant => new TrainingStep(plain with { Settings = plain.Settings with { Lstm = variant } }, workers))];
        Samples[] samples = [.. steps.Select(_ => new Samples())];
        double worst = steps.Max(step => step.CheckLoss(rows: 1));
        Console.WriteLine($"  check        largest relative difference of a loss {Checked.Below(1e-5, worst, plain.Name):0.0e+00}");
        Console.WriteLine();
        for (int repeat = options.Quick ? 0 : -2; repeat < options.Repeats; repeat++)
        {
            for (int variant = 0; variant < steps.Length; variant++)
            {
                Samples kept = repeat < 0 ? new Samples() : samples[variant];
                for (int i = 0; i < (options.Quick ? 1 : 3); i++)
                {
                    kept.Time(() => steps[variant].Run());
                }
            }
        }

        var table = new Table("options", "parameters", "ms/step", "best", "to the plain", "of bests");
        for (int variant = 0; variant < steps.Length; variant++)
        {
            table.Add(
                Variants[variant].IsPlain ? "plain" : Variants[variant].ToString(),
                Table.Number(steps[variant].Model.Parameters.ValueCount, 0),
                Table.Number(1000 * samples[variant].Median),
                Table.Number(1000 * samples[variant].Best),
                Table.Ratio(samples[variant].Median / samples[0].Median),
                Table.Ratio(samples[variant].Best / samples[0].Best));
        }

        table.Print();
    }
}
