using System.Text;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Bench;

/// <summary>How much memory does the training on a text of a gigabyte take?</summary>
internal static class CorpusQuestion
{
    private const long FullBytes = 1_000_000_000, QuickBytes = 4_000_000;
    private const int TokensPerStep = 50 * 50;
    private const double MegabytesTarget = 2000, FreeBytes = 3e9;

    public static void Run(Options options)
    {
        Console.WriteLine("A large text: sentences of the embedded grammar in English and Chinese, learned from the disk");
        Machine.Print(options);
        using var folder = new TemporaryFolder();
        long free = new DriveInfo(folder.FullPath).AvailableFreeSpace;
        if (!options.Quick && free < FreeBytes)
        {
            Console.WriteLine($"  left out     the temporary folder has {Table.Number(free / 1e9, 1)} GB free, and {Table.Number(FreeBytes / 1e9, 0)} GB are wanted: set TMPDIR to a folder with more room.");
            Console.WriteLine();
            return;
        }

        string text = folder.File("large.txt");
        (long bytes, long characters) = Write(text, options.Quick ? QuickBytes : FullBytes);
        Console.WriteLine("  command      unfold train --text FILE --steps 50 --hidden 64 --seed 1 --json");
        CommandRun run = UnfoldCommand.Published.Run("train", "--text", text, "--steps", "50", "--hidden", "64", "--seed", "1", "--json", "--out", folder.File("run"), "--threads", $"{options.Threads}");
        double memory = Target.Megabytes(Math.Max(run.PeakBytes, run.Number("peak_memory_bytes")));
        var table = new Table("unfold train", "", "target");
        table.Add("bytes of the text", Table.Number(bytes, 0));
        table.Add("characters", Table.Number(characters, 0));
        table.Add("seconds", Table.Number(run.Seconds, 1));
        table.Add("of them outside of the training steps", Table.Number(run.Seconds - (run.Number("steps") * TokensPerStep / run.Number("tokens_per_second")), 1));
        table.Add("peak memory", $"{Table.Number(memory, 0)} MB", Target.AtMost(MegabytesTarget, memory, 0, " MB"));
        table.Print();
    }

    // Making sentences takes longer than learning from them: a block of some megabytes is written over and over.
    private static (long Bytes, long Characters) Write(string path, long bytes)
    {
        string block = Grammar.CreateEmbedded().WriteText(new SeededRandom(1), 3_000_000);
        byte[] encoded = Encoding.UTF8.GetBytes(block);
        long written = 0, characters = 0;
        using FileStream file = File.Create(path);
        while (written < bytes)
        {
            file.Write(encoded);
            written += encoded.Length;
            characters += block.EnumerateRunes().Count();
        }

        return (written, characters);
    }
}
