namespace Unfold.Experiments.Measures;

/// <summary>
/// BLEU-4 of a whole corpus (Papineni et al., 2002): <c>100 BP exp(1/4 sum_n ln p_n)</c>, where p_n is the share of the n-grams of
/// the translations that stand in a reference, each as often at most as in the reference where it is commonest, and
/// <c>BP = min(1, exp(1 - r/c))</c> punishes translations that are shorter (c tokens) than the references (r tokens, of those nearest
/// in length). Nothing is smoothed: where no run of four tokens fits anywhere in the corpus, BLEU is 0.
/// </summary>
/// <param name="Score">BLEU in [0, 100].</param>
/// <param name="Precisions">p_1 to p_4, in [0, 1].</param>
/// <param name="BrevityPenalty">BP in [0, 1].</param>
internal sealed record Bleu(double Score, IReadOnlyList<double> Precisions, double BrevityPenalty)
{
    private const int Longest = 4;

    /// <summary>Compares translations with one reference each.</summary>
    public static Bleu Of(IReadOnlyList<IReadOnlyList<string>> translations, IReadOnlyList<IReadOnlyList<string>> references) =>
        OfSeveral(translations, [.. references.Select(reference => (IReadOnlyList<IReadOnlyList<string>>)[reference])]);

    /// <summary>Compares translations with one or more references each.</summary>
    /// <param name="translations">The tokens of each translation.</param>
    /// <param name="references">For each translation the tokens of each of its references.</param>
    /// <exception cref="ArgumentException">There are not as many lists of references, or one of them is empty.</exception>
    public static Bleu OfSeveral(IReadOnlyList<IReadOnlyList<string>> translations, IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> references)
    {
        if (translations.Count != references.Count || references.Any(list => list.Count == 0))
        {
            throw new ArgumentException("BLEU wants at least one reference for each translation.", nameof(references));
        }

        long[] right = new long[Longest];
        long[] all = new long[Longest];
        long length = 0;
        long wantedLength = 0;
        for (int i = 0; i < translations.Count; i++)
        {
            int tokens = translations[i].Count;
            length += tokens;
            wantedLength += references[i].Select(reference => reference.Count).OrderBy(count => Math.Abs(count - tokens)).ThenBy(count => count).First();
            for (int n = 1; n <= Longest; n++)
            {
                Dictionary<string, int>[] wanted = [.. references[i].Select(reference => Count(reference, n))];
                foreach ((string gram, int count) in Count(translations[i], n))
                {
                    all[n - 1] += count;
                    right[n - 1] += Math.Min(count, wanted.Max(counts => counts.GetValueOrDefault(gram)));
                }
            }
        }

        double[] precisions = [.. right.Zip(all, (some, every) => every == 0 ? 0 : (double)some / every)];
        double brevity = length == 0 ? 0 : Math.Min(1, Math.Exp(1 - ((double)wantedLength / length)));
        return new Bleu(100 * brevity * Math.Exp(precisions.Average(Math.Log)), precisions, brevity);
    }

    private static Dictionary<string, int> Count(IReadOnlyList<string> tokens, int n)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        for (int first = 0; first + n <= tokens.Count; first++)
        {
            // No token holds a line feed, so different runs have different keys.
            string gram = string.Join('\n', tokens.Skip(first).Take(n));
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }

        return counts;
    }
}
