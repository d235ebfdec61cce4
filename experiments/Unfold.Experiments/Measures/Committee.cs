using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Experiments.Measures;

/// <summary>Several models of one task that decide together: the label of the highest mean probability.</summary>
internal static class Committee
{
    /// <summary>The label of each sequence.</summary>
    /// <param name="members">At least one model, all fitted to the same labels.</param>
    /// <param name="sequences">What is to be labelled.</param>
    /// <param name="workers">The threads to compute with.</param>
    public static string[] Decide(IReadOnlyList<SequenceClassifier> members, IReadOnlyList<Sequence> sequences, Workers workers)
    {
        LabelTable labels = members[0].Labels;
        double[,] sums = new double[sequences.Count, labels.Count];
        foreach (IReadOnlyList<Classification> votes in members.Select(member => member.Predict(sequences, workers)))
        {
            for (int i = 0; i < sequences.Count; i++)
            {
                for (int label = 0; label < labels.Count; label++)
                {
                    sums[i, label] += votes[i].Probabilities.Span[label];
                }
            }
        }

        return [.. Enumerable.Range(0, sequences.Count).Select(i => labels.Labels[Enumerable.Range(0, labels.Count).MaxBy(label => sums[i, label])])];
    }
}
