using Unfold.Generation;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Bench;

/// <summary>How long does a keystroke wait for the words that may be meant?</summary>
internal static class CompleteQuestion
{
    private const int Words = 10_000, Subwords = 8_000, Proposals = 5;
    private const double TargetMilliseconds = 10, Tolerance = 1e-6;

    public static void Run(Options options)
    {
        Console.WriteLine($"Completing: milliseconds from a keystroke to {Proposals} words, one thread, a line typed letter by letter");
        Machine.Print(options);
        var random = new SeededRandom(8);
        string text = Grammar.CreateEmbedded().WriteText(new SeededRandom(1), options.Quick ? 2_000 : 20_000).ReplaceLineEndings(" ");
        string[] known = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Take(Words / 2)];
        string[] all = [.. known, .. Enumerable.Range(0, Words - known.Length - Vocabulary.SpecialCount).Select(number => $"word{number}")];
        string line = text[..(options.Quick ? 20 : 400)];
        var table = new Table("model", "keystrokes", "median ms", "longest ms", "target");
        Add(table, "2x200 LSTM, 10,000 words", new LanguageModel(new LanguageModelSettings { Cell = CellKind.Lstm, Hidden = 200, Layers = 2, Embedding = 200 }, new Vocabulary(TokenKind.Word, LetterCase.Kept, all), random), line);
        string[] letters = [.. text.EnumerateRunes().Select(rune => rune.ToString()).Distinct()];
        Add(table, $"LSTM 256, {letters.Length} characters", new LanguageModel(new LanguageModelSettings { Cell = CellKind.Lstm, Hidden = 256 }, new Vocabulary(TokenKind.Character, LetterCase.Kept, letters), random), line);
        Vocabulary subwords = Corpus.Load(
            TextSource.FromString($"{text} {string.Join(' ', all)} {string.Join(' ', all)}"),
            new CorpusOptions { Kind = TokenKind.BytePair, MaximumSymbols = options.Quick ? 500 : Subwords }).Vocabulary;
        Add(table, $"LSTM 256, {subwords.SymbolCount:N0} subwords", new LanguageModel(new LanguageModelSettings { Cell = CellKind.Lstm, Hidden = 256, Embedding = 128 }, subwords, random), line);
        table.Print();
    }

    private static void Add(Table table, string name, LanguageModel model, string line)
    {
        // The first line that is typed compiles the code.
        Type(new WordCompleter(model), line);
        var completer = new WordCompleter(model);
        (Samples samples, double longest) = Type(completer, line);
        IReadOnlyList<Completion> kept = completer.Complete(line, Proposals), fresh = new WordCompleter(model).Complete(line, Proposals);
        double difference = kept.Zip(fresh, (one, other) => one.Word == other.Word ? Math.Abs(one.Probability - other.Probability) : 1).Append(kept.Count - fresh.Count).Max();
        Console.WriteLine($"  check        the words after {line.Length} keystrokes against those of the line at once: largest difference {Checked.Below(Tolerance, difference, "complete"):0.0e+00}");
        table.Add(name, Table.Number(line.Length, 0), Table.Number(1e3 * samples.Median, 2), Table.Number(1e3 * longest, 2), Target.AtMost(TargetMilliseconds, 1e3 * longest, 0, " ms"));
    }

    private static (Samples Samples, double Longest) Type(WordCompleter completer, string line)
    {
        var samples = new Samples();
        double longest = 0;
        for (int length = 1; length <= line.Length; length++)
        {
            var one = new Samples();
            one.Time(() => completer.Complete(line[..length], Proposals));
            samples.Add(one.Best);
            longest = Math.Max(longest, one.Best);
        }

        return (samples, longest);
    }
}
