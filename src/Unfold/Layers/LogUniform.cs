using Unfold.Numerics;

namespace Unfold.Layers;

/// <summary>
/// The log-uniform distribution of classes in order of frequency, p(k) = ln((k + 2) / (k + 1)) / ln(V + 1), which is near to that of words
/// (Zipf), drawn from until there are enough different ones.
/// </summary>
internal static class LogUniform
{
    /// <summary>Draws S different classes, in the order in which they come.</summary>
    /// <param name="classes">V.</param>
    /// <param name="sample">S places; S is at most half of V, so that it does not take long.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <returns>The number of draws that it took.</returns>
    public static long Draw(int classes, Span<int> sample, SeededRandom random)
    {
        var seen = new HashSet<int>(sample.Length);
        double range = Math.Log(classes + 1.0);
        long draws = 0;
        for (int found = 0; found < sample.Length; draws++)
        {
            int drawn = Math.Min((int)Math.Exp(random.NextDouble() * range) - 1, classes - 1);
            if (seen.Add(drawn))
            {
                sample[found++] = drawn;
            }
        }

        return draws;
    }

    /// <summary>The logarithm of the probability that a class is among so many draws: ln(1 - (1 - p)^draws).</summary>
    public static double LogExpected(int classes, int index, long draws) =>
        Math.Log(1 - Math.Pow(1 - (Math.Log((index + 2.0) / (index + 1.0)) / Math.Log(classes + 1.0)), draws));
}
