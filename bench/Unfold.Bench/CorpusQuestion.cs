using System.Text;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Bench;

/// <summary>How much memory do training and counting on a text of a gigabyte take?</summary>
internal static class CorpusQuestion
{
    private const long FullBytes = 1_000_000_000, QuickBytes = 4_000_000;
    private const double MegabytesTarget = 2000, FreeBytes = 8e9;

    private static readonly string[] Learned = ["char", "word", "bpe", "segmented"], Counted = ["char", "space"];

    public static void Run(Options options)
    {
        Console.WriteLine("A large text: sentences of the embedded grammar in English and Chinese, learned and counted from the disk");
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
        Console.WriteLine($"  text         {Table.Number(bytes, 0)} bytes, {Table.Number(characters, 0)} characters");
        Console.WriteLine("  train        unfold train --text FILE --tokens KIND --steps 50 --hidden 64 --seed 1");
        Console.WriteLine("  n-grams      unfold ngram train --text FILE --tokens KIND --order 3");
        string threads = $"{options.Threads}";
        (string Name, string[] Arguments)[] runs =
        [
            .. Learned.Where(kind => kind != "segmented" || Tokenization.SystemIcuVersion is not null).Select(kind => ($"train, {kind}", (string[])["train", "--text", text, "--tokens", kind, "--steps", "50", "--hidden", "64", "--seed", "1", "--out", folder.File($"run-{kind}"), "--threads", threads])),
            .. Counted.Select(kind => ($"n-grams, {kind}", (string[])["ngram", "train", "--text", text, "--tokens", kind, "--order", "3", "--out", folder.File($"{kind}.bin")])),
        ];
        var table = new Table("", "seconds", "peak memory MB", "target");
        foreach ((string name, string[] arguments) in runs)
        {
            CommandRun run = UnfoldCommand.Published.Run(arguments);
            double memory = Target.Megabytes(run.PeakBytes);
            table.Add(name, Table.Number(run.Seconds, 1), run.PeakBytes == 0 ? "not known here" : Table.Number(memory, 0), run.PeakBytes == 0 ? "" : Target.AtMost(MegabytesTarget, memory, 0, " MB"));
        }

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
