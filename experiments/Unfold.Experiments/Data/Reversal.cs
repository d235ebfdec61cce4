using Unfold.Numerics;

namespace Unfold.Experiments.Data;

/// <summary>Strings of digits, and the same strings from behind.</summary>
internal static class Reversal
{
    /// <summary>Draws pairs whose sources all differ.</summary>
    /// <param name="random">The source of chance.</param>
    /// <param name="count">How many.</param>
    /// <param name="shortest">The fewest digits, at least 1.</param>
    /// <param name="longest">The most digits; each number of them is equally likely.</param>
    /// <exception cref="ArgumentException">There are fewer than twice as many such strings, so drawing different ones could go on for ever.</exception>
    public static TextPair[] Draw(SeededRandom random, int count, int shortest, int longest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shortest, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, shortest);
        if (count > Math.Pow(10, longest) / 2)
        {
            throw new ArgumentException(FormattableString.Invariant($"Strings of up to {longest} digits give at most {Math.Pow(10, longest) / 2} different pairs; {count} were wanted."), nameof(count));
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        while (seen.Count < count)
        {
            int length = shortest + random.NextInt32(longest - shortest + 1);
            seen.Add(string.Create(length, random, static (digits, random) =>
            {
                for (int i = 0; i < digits.Length; i++)
                {
                    digits[i] = (char)('0' + random.NextInt32(10));
                }
            }));
        }

        return [.. seen.Select(source => new TextPair(source, string.Concat(source.Reverse())))];
    }
}
