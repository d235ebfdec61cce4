namespace Unfold.Bench;

/// <summary>How near does the command come to the entropy of the embedded text, and how soon?</summary>
internal static class DemoQuestion
{
    private const double SecondsTarget = 30;

    public static void Run(Options options)
    {
        Console.WriteLine("The embedded text: perplexity per word on the part that is not learned");
        Machine.Print(options);
        using var folder = new TemporaryFolder();
        string[] shorter = options.Quick ? ["--steps", "20", "--hidden", "48"] : [];
        CommandRun run = UnfoldCommand.Published.Run(["train", .. shorter, "--json", "--out", folder.File("run"), "--threads", $"{options.Threads}"]);
        var table = new Table("unfold train", "perplexity");
        double trigram = run.Number("trigram_perplexity"), model = run.Number("valid_perplexity");
        table.Add("a trigram count model", Table.Number(trigram, 3));
        table.Add("the model", Table.Number(model, 3));
        table.Add("the source itself", Table.Number(run.Number("source_perplexity"), 3));
        table.Print();
        var targets = new Table("found", "", "target");
        targets.Add("the model's perplexity", Table.Number(model, 3), $"below the trigrams': {(model < trigram ? "reached" : "not reached")}");
        targets.Add("seconds, to the end of the process", Table.Number(run.Seconds, 1), $"about {Table.Number(SecondsTarget, 0)} s");
        targets.Add("tokens/s", Table.Number(run.Number("tokens_per_second"), 0));
        targets.Print();
    }
}
