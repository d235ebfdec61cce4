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

    /// <summary>The share of sequences that the members label right, in percent.</summary>
    /// <param name="members">At least one model.</param>
    /// <param name="examples">Sequences with their right labels.</param>
    /// <param name="workers">The threads to compute with.</param>
    public static double Accuracy(IReadOnlyList<SequenceClassifier> members, IReadOnlyList<LabelledSequence> examples, Workers workers) =>
        Decide(members, [.. examples.Select(example => example.Input)], workers).Zip(examples).Average(pair => pair.First == pair.Second.Label ? 100.0 : 0);

    /// <summary>Reports the mean accuracy of members by themselves, and where there are several, what they come to together.</summary>
    /// <param name="context">The run of the experiment.</param>
    /// <param name="model">The name of one member.</param>
    /// <param name="members">Their number.</param>
    /// <param name="alone">The mean accuracy of one, in percent.</param>
    /// <param name="together">The accuracy of all, in percent.</param>
    /// <param name="baseline">The accuracy of a simple method, in percent.</param>
    /// <param name="published">The published accuracy, in percent.</param>
    /// <param name="parameters">The learned values of one member.</param>
    /// <param name="seconds">The time of all.</param>
    public static void Report(ExperimentContext context, string model, int members, double alone, double together, double baseline, double published, long parameters, double seconds)
    {
        context.Report(model, "accuracy %", alone, baseline, published, parameters, seconds / members);
        if (members > 1)
        {
            context.Report($"{members} x {model}", "accuracy %", together, baseline, published, parameters * members, seconds);
        }
    }
}
