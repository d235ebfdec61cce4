using Unfold.Numerics;

namespace Unfold.Experiments.Data;

/// <summary>Random orders.</summary>
internal static class Chance
{
    /// <summary>The numbers 0 .. count-1 in a random order, each order equally likely (Fisher and Yates).</summary>
    public static int[] Permutation(SeededRandom random, int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            int j = random.NextInt32(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>The same items in a random order; the list stays as it is.</summary>
    public static T[] Shuffle<T>(SeededRandom random, IReadOnlyList<T> items) => [.. Permutation(random, items.Count).Select(index => items[index])];
}
