namespace Unfold.Bench;

/// <summary>How soon after its start does the published command write?</summary>
internal static class StartupQuestion
{
    private const double MillisecondsTarget = 200;

    public static void Run(Options options)
    {
        Console.WriteLine("Startup: milliseconds from the start of the process to the first byte on its standard output");
        Machine.Print(options);
        using var folder = new TemporaryFolder();
        string model = folder.File("model");
        UnfoldCommand command = UnfoldCommand.Published;
        Console.WriteLine($"  command      one file of {Table.Number(Target.Megabytes(command.Size), 1)} MB");
        command.Run("train", "--steps", "2", "--hidden", options.Quick ? "48" : "256", "--out", model);
        (string Name, string[] Arguments, Samples Samples)[] starts =
        [
            ("generate MODEL --length 50", ["generate", model, "--length", "50"], new Samples()),
            ("--help", ["--help"], new Samples()),
        ];
        int repeats = options.Quick ? 2 : 11;

        // The first start also reads the file from the disk.
        for (int repeat = -1; repeat < repeats; repeat++)
        {
            foreach ((_, string[] arguments, Samples samples) in starts)
            {
                double seconds = command.SecondsToFirstByte(arguments);
                if (repeat >= 0)
                {
                    samples.Add(seconds);
                }
            }
        }

        var table = new Table("unfold", "starts", "median ms", "best ms", "target");
        foreach ((string name, _, Samples samples) in starts)
        {
            double median = 1000 * samples.Median;
            table.Add(name, Table.Number(repeats, 0), Table.Number(median, 0), Table.Number(1000 * samples.Best, 0), Target.AtMost(MillisecondsTarget, median, 0, " ms"));
        }

        table.Print();
    }
}
