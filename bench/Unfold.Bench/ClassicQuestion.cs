namespace Unfold.Bench;

/// <summary>How well, how fast and in how much memory does the command run the classic recipe, published and through dotnet run?</summary>
internal static class ClassicQuestion
{
    private const double LossTarget = 2.45, MegabytesTarget = 150, SpeedTarget = 0.95;

    public static void Run(Options options)
    {
        Console.WriteLine("The classic recipe: random windows of 40 characters, the next one as target");
        Machine.Print(options);
        using var folder = new TemporaryFolder();
        string text = TextData.NietzscheOrGrammar(options, folder);
        string[] recipe =
        [
            "--lowercase", "--batching", "windows", "--loss", "last", "--seq-length", "40", "--batch-size", "50", "--steps", options.Quick ? "20" : "1000",
            "--optimizer", "adam", "--lr", "0.001", "--clip-norm", "0", "--hidden", options.Quick ? "48" : "256", "--embedding", "0", "--seed", "1",
        ];
        Console.WriteLine($"  command      unfold train --text {Path.GetFileName(text)} {string.Join(' ', recipe)} --json");
        UnfoldCommand[] commands = [UnfoldCommand.Published, UnfoldCommand.Build()];
        List<CommandRun>[] runs = [[], []];
        for (int repeat = 0; repeat < (options.Quick ? 1 : 3); repeat++)
        {
            for (int i = 0; i < commands.Length; i++)
            {
                runs[i].Add(commands[i].Run(["train", "--text", text, .. recipe, "--json", "--force", "--out", folder.File("run"), "--threads", $"{options.Threads}"]));
            }
        }

        Print(commands, runs);
    }

    private static void Print(UnfoldCommand[] commands, List<CommandRun>[] runs)
    {
        var table = new Table("run", "training loss", "tokens/s", "seconds", "peak memory MB", "as the command reports it");
        for (int i = 0; i < commands.Length; i++)
        {
            foreach (CommandRun run in runs[i])
            {
                table.Add(
                    commands[i].Name,
                    Table.Number(run.Number("train_loss"), 4),
                    Table.Number(run.Number("tokens_per_second"), 0),
                    Table.Number(run.Seconds, 1),
                    Table.Number(Target.Megabytes(run.PeakBytes), 1),
                    Table.Number(Target.Megabytes(run.Number("peak_memory_bytes")), 1));
            }
        }

        table.Print();
        double loss = runs[0].Max(run => run.Number("train_loss"));
        double memory = Target.Megabytes(runs[0].Max(run => Math.Max(run.PeakBytes, run.Number("peak_memory_bytes"))));
        double speed = Median(runs[0]) / Median(runs[1]);
        var targets = new Table("of the published command", "found", "target");
        targets.Add("training loss, mean of the last 100 steps", Table.Number(loss, 4), Target.AtMost(LossTarget, loss, 2));
        targets.Add("peak memory, the largest", $"{Table.Number(memory, 1)} MB", Target.AtMost(MegabytesTarget, memory, 0, " MB"));
        targets.Add("tokens/s, times those of dotnet run (medians)", Table.Ratio(speed), Target.AtLeast(SpeedTarget, speed, 2, "x"));
        targets.Print();
    }

    private static double Median(List<CommandRun> runs)
    {
        var samples = new Samples();
        runs.ForEach(run => samples.Add(run.Number("tokens_per_second")));
        return samples.Median;
    }
}
