using System.Globalization;
using Unfold.Experiments.Data;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Experiments.Data;

public sealed class GeneratedTaskTests
{
    [Fact]
    public void Two_numbers_of_a_sequence_are_marked_and_added()
    {
        AddingExample[] examples = AddingProblem.Draw(new SeededRandom(3), length: 7, count: 4000);
        int[] marked = new int[7];
        double squares = 0;
        foreach (AddingExample example in examples)
        {
            Assert.Equal(7, example.Inputs.Length);
            float sum = 0;
            int marks = 0;
            for (int t = 0; t < 7; t++)
            {
                ReadOnlySpan<float> step = example.Inputs[t];
                Assert.InRange(step[0], 0, 0.99999994f);
                sum += step[0] * step[1];
                marks += step[1] == 1 ? 1 : 0;
                marked[t] += (int)step[1];
            }

            Assert.Equal(2, marks);
            Assert.Equal(sum, example.Sum, 5);
            squares += (example.Sum - 1) * (example.Sum - 1) / examples.Length;
        }

        // 4,000 draws: five standard deviations around what is expected.
        Assert.All(marked, count => Assert.InRange(count, 1000, 1290));
        Assert.InRange(squares, AddingProblem.Floor - 0.016, AddingProblem.Floor + 0.016);
        Assert.Throws<ArgumentOutOfRangeException>(() => AddingProblem.Draw(new SeededRandom(3), 1, 1));
    }

    [Fact]
    public void Ten_symbols_come_back_after_the_delay()
    {
        CopyExample[] examples = CopyMemory.Draw(new SeededRandom(4), delay: 5, count: 300);
        int[] seen = new int[CopyMemory.Vocabulary];
        foreach (CopyExample example in examples)
        {
            Assert.Equal([0, 0, 0, 0, .. Enumerable.Repeat(9, 11)], example.Inputs[10..]);
            Assert.Equal([.. new int[15], .. example.Inputs[..10]], example.Targets);
            foreach (int symbol in example.Inputs[..10])
            {
                seen[symbol]++;
            }
        }

        Assert.Equal((0, 0), (seen[0], seen[9]));
        Assert.All(seen[1..9], count => Assert.InRange(count, 280, 470));
        Close.Equal(0.0204, CopyMemory.MemorylessLoss(1000), 0.005, 0, "the floor that was published");
    }

    [Fact]
    public void Digits_are_reversed_and_no_string_comes_twice()
    {
        TextPair[] pairs = Reversal.Draw(new SeededRandom(5), 400, 3, 6);
        Assert.Equal(400, pairs.Select(pair => pair.Source).Distinct().Count());
        Assert.All(pairs, pair => Assert.Equal(new string([.. pair.Source.Reverse()]), pair.Target));
        Assert.Equal([3, 4, 5, 6], pairs.Select(pair => pair.Source.Length).Distinct().Order());
        Assert.Equal(pairs, Reversal.Draw(new SeededRandom(5), 400, 3, 6));
        Assert.Throws<ArgumentException>(() => Reversal.Draw(new SeededRandom(5), 51, 1, 2));
    }

    [Fact]
    public void Dates_mean_what_stands_beside_them()
    {
        TextPair[] pairs = Dates.Draw(new SeededRandom(6), 3000);
        Assert.Equal(3000, pairs.Select(pair => pair.Target).Distinct().Count());
        Assert.Contains(pairs, pair => pair.Source.Contains("rd", StringComparison.Ordinal));
        Assert.All(pairs, pair => Assert.Equal(pair.Target, Understand(pair.Source)));
        Assert.All(pairs, pair => Assert.InRange(int.Parse(pair.Target.AsSpan(0, 4), CultureInfo.InvariantCulture), 1950, 2049));
        IReadOnlyList<string> ways = Dates.AllWays(new DateOnly(1998, 3, 3));
        Assert.Superset(new HashSet<string> { "3 March 1998", "Tuesday, 3 March 1998", "3/3/1998", "3.3.98", "the 3rd of March 1998", "19980303" }, ways.ToHashSet());
        Assert.Equal(["the 1st of May 2000", "the 2nd of May 2000", "the 11th of May 2000", "the 12th of May 2000", "the 22nd of May 2000", "the 31st of May 2000"],
            ((int[])[1, 2, 11, 12, 22, 31]).Select(day => Dates.AllWays(new DateOnly(2000, 5, day)).Single(way => way.StartsWith("the", StringComparison.Ordinal))));
    }

    [Fact]
    public void No_source_of_the_held_out_part_is_among_the_others()
    {
        TextPair[] pairs = [.. Enumerable.Range(0, 500).Select(i => new TextPair($"s{i % 200}", $"t{i}"))];
        (TextPair[] kept, TextPair[] held) = TextPair.HoldOut(pairs, new SeededRandom(7), 0.1);
        Assert.Equal(500, kept.Length + held.Length);
        Assert.Empty(kept.Select(pair => pair.Source).Intersect(held.Select(pair => pair.Source)));
        Assert.Equal(20, held.Select(pair => pair.Source).Distinct().Count());
        Assert.NotEqual(held, TextPair.HoldOut(pairs, new SeededRandom(8), 0.1).HeldOut);
    }

    /// <summary>Reads a date by rules of its own: names of months, dots for the day first, slashes for the month or the year first.</summary>
    private static string Understand(string text)
    {
        string[] months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        string[] words = text.ToLowerInvariant().Split([' ', ',', '/', '.'], StringSplitOptions.RemoveEmptyEntries);
        int month = Array.FindIndex(months, name => words.Any(word => word.StartsWith(name, StringComparison.Ordinal) && word != "mon"));
        string[] numbers = [.. words.Where(word => char.IsAsciiDigit(word[0])).Select(word => word.TrimEnd('s', 't', 'n', 'd', 'r', 'h'))];
        string[] parts = numbers switch
        {
            [{ Length: 8 } whole] => [whole[..4], whole[4..6], whole[6..]],
            [{ Length: 4 } year, var day] => [year, $"{month + 1}", day],
            [var day, var year] => [year, $"{month + 1}", day],
            [{ Length: 4 } year, var second, var day] => [year, second, day],
            [var day, var second, var year] when text.Contains('.', StringComparison.Ordinal) => [year, second, day],
            [var second, var day, var year] => [year, second, day],
            _ => throw new InvalidOperationException(text),
        };
        int value = int.Parse(parts[0], CultureInfo.InvariantCulture);
        value += value >= 100 ? 0 : value >= 50 ? 1900 : 2000;
        return FormattableString.Invariant($"{value:0000}-{int.Parse(parts[1], CultureInfo.InvariantCulture):00}-{int.Parse(parts[2], CultureInfo.InvariantCulture):00}");
    }
}
