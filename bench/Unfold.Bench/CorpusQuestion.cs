using System.Text;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Bench;

/// <summary>How much memory do training and counting on a text of a gigabyte take?</summary>
internal static class CorpusQuestion
{
    private const int BlockCharacters = 1_500_000, DifferentWords = 1_000_000, SentenceLength = 22;
    private const long FullBytes = 1_000_000_000, QuickBytes = 4_000_000;
    private const double MegabytesTarget = 2000, FreeBytes = 8e9;

    private static readonly string[] Learned = ["char", "word", "bpe", "segmented"], Counted = ["char", "space"];

    public static void Run(Options options)
    {
        Console.WriteLine("A large text: sentences of the embedded grammar in English and Chinese and of drawn words, learned and counted from the disk");
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
        Console.WriteLine("  n-grams      unfold ngram train --text FILE --tokens KIND --order 3 --min-count 1,2,2");
        string threads = $"{options.Threads}";
        (string Name, string[] Arguments)[] runs =
        [
            .. Learned.Where(kind => kind != "segmented" || Tokenization.SystemIcuVersion is not null).Select(kind => ($"train-{kind}", (string[])["train", "--text", text, "--tokens", kind, "--steps", "50", "--hidden", "64", "--seed", "1", "--out", folder.File($"run-{kind}"), "--threads", threads])),
            .. Counted.Select(kind => ($"ngrams-{kind}", (string[])["ngram", "train", "--text", text, "--tokens", kind, "--order", "3", "--min-count", "1,2,2", "--out", folder.File($"{kind}.bin")])),
        ];
        if (Tokenization.SystemIcuVersion is null)
        {
            Console.WriteLine("  left out     segmented: this system has no ICU library that cuts Chinese");
        }

        var table = new Table("", "seconds", "peak memory MB", "target");
        foreach ((string name, string[] arguments) in runs.Where(run => options.Wants(run.Name)))
        {
            CommandRun run = UnfoldCommand.Published.Run(arguments);
            double memory = Target.Megabytes(run.PeakBytes);
            table.Add(name, Table.Number(run.Seconds, 1), run.PeakBytes == 0 ? "not known here" : Table.Number(memory, 0), run.PeakBytes == 0 ? "" : Target.AtMost(MegabytesTarget, memory, 0, " MB"));
        }

        table.Print();
    }

    // Sentences of the grammar for their Chinese, the same ones over and over, since making them takes longer than learning from them; and between them words as
    // frequent as Zipf says, always new ones, so that there is much to count.
    private static (long Bytes, long Characters) Write(string path, long bytes)
    {
        string block = Grammar.CreateEmbedded().WriteText(new SeededRandom(1), BlockCharacters);
        byte[] encoded = Encoding.UTF8.GetBytes(block);
        int inBlock = block.EnumerateRunes().Count();
        var random = new SeededRandom(2);
        long written = 0, characters = 0;
        using FileStream file = File.Create(path);
        while (written < bytes)
        {
            byte[] drawn = Encoding.ASCII.GetBytes(Draw(random));
            file.Write(encoded);
            file.Write(drawn);
            written += encoded.Length + drawn.Length;
            characters += inBlock + drawn.Length;
        }

        return (written, characters);
    }

    /// <summary>Sentences of words with letters for digits; each second word follows from the one before.</summary>
    private static string Draw(SeededRandom random)
    {
        var text = new StringBuilder(BlockCharacters + 100);
        long word = 0;
        for (int place = 0; text.Length < 2 * BlockCharacters; place++)
        {
            bool follows = place % SentenceLength > 0 && random.NextInt32(2) == 0;
            word = follows ? (word * 31) % 9973 : (long)Math.Pow(DifferentWords, random.NextDouble());
            for (long rest = word; rest >= 0; rest = (rest / 26) - 1)
            {
                text.Append((char)('a' + (rest % 26)));
            }

            text.Append(place % SentenceLength == SentenceLength - 1 ? '\n' : ' ');
        }

        return text.Append('\n').ToString();
    }
}
