using System.Globalization;
using System.Text.RegularExpressions;

namespace Unfold.Bench;

/// <summary>What does the command learn of a text within two minutes, with streams and the loss over all steps?</summary>
internal static partial class StreamsQuestion
{
    private const double LossTarget = 1.45, SecondsTarget = 120, Fraction = 0.05;

    public static void Run(Options options)
    {
        Console.WriteLine("Streams with the loss over all steps: what is learned, measured on the last 5% of the text");
        Machine.Print(options);
        using var folder = new TemporaryFolder();
        string text = TextData.NietzscheOrGrammar(options, folder);
        int interval = options.Quick ? 20 : 300;
        string[] recipe =
        [
            "--lowercase", "--hidden", options.Quick ? "48" : "256", "--steps", options.Quick ? "40" : "3000", "--lr", "0.005", "--schedule", "cosine",
            "--checkpoint-every", $"{interval}", "--seed", "1",
        ];
        Console.WriteLine($"  command      unfold train --text {Path.GetFileName(text)} {string.Join(' ', recipe)} --json");
        string model = folder.File("run");
        CommandRun run = UnfoldCommand.Published.Run(["train", "--text", text, .. recipe, "--json", "--out", model, "--threads", $"{options.Threads}"]);
        var curve = new Table("step", "seconds since the start", "training loss", "validation loss", "tokens/s");
        double reached = double.NaN;
        foreach ((double seconds, string line) in run.Progress)
        {
            if (Line().Match(line) is { Success: true } match && long.Parse(match.Groups["step"].Value, CultureInfo.InvariantCulture) % interval == 0)
            {
                double loss = Math.Log(double.Parse(match.Groups["perplexity"].Value, CultureInfo.InvariantCulture));
                reached = double.IsNaN(reached) && loss <= LossTarget ? seconds : reached;
                curve.Add(match.Groups["step"].Value, Table.Number(seconds, 1), match.Groups["loss"].Value, Table.Number(loss, 4), match.Groups["speed"].Value);
            }
        }

        curve.Print();
        string tail = folder.File("tail.txt");
        int characters = TextData.WriteTail(text, Fraction, tail);
        double exact = UnfoldCommand.Published.Run("evaluate", model, "--text", tail, "--json").Number("loss");
        var targets = new Table("found", "nats/character", "target");
        targets.Add("the run's own validation, several streams side by side", Table.Number(run.Number("valid_loss"), 4), "");
        targets.Add($"unfold evaluate: the last {Table.Number(characters, 0)} characters as one stream", Table.Number(exact, 4), Target.AtMost(LossTarget, exact, 2));
        targets.Print();
        var times = new Table("found", "seconds", "target");
        times.Add("the first validation at or below the target", double.IsNaN(reached) ? "none" : Table.Number(reached, 1), "");
        times.Add("the whole command, validations and checkpoints included", Table.Number(run.Seconds, 1), Target.AtMost(SecondsTarget, run.Seconds, 0, " s"));
        times.Print();
    }

    // The command's own line of progress; validations take place at multiples of the checkpoint interval.
    [GeneratedRegex(@"^step (?<step>\d+)/.* loss (?<loss>[\d.]+)  valid perplexity (?<perplexity>[\d.]+)  (?<speed>[\d,]+) tokens/s")]
    private static partial Regex Line();
}
