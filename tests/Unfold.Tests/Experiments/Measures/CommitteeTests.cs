using Unfold.Experiments.Measures;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Tests.Experiments.Measures;

public sealed class CommitteeTests
{
    [Fact]
    public void The_label_of_the_highest_mean_probability_wins()
    {
        string[] symbols = ["a", "b", "c", "d", "e"];
        Sequence[] sequences = [.. symbols.SelectMany(first => symbols.Select(second => Sequence.OfSymbols([first, second])))];
        LabelledSequence[] examples = [.. sequences.Select((sequence, i) => new LabelledSequence(sequence, $"{i % 3}"))];
        SequenceClassifier[] members = [.. new ulong[] { 1, 2 }.Select(seed => SequenceClassifier.Fit(examples, new SequenceEncoderSettings { Hidden = 5 }, new FitOptions { Epochs = 3, LearningRate = 0.05, Seed = seed }))];
        var workers = new Workers(2);
        IReadOnlyList<Classification>[] votes = [.. members.Select(member => member.Predict(sequences))];
        Assert.Equal(votes[0].Select(vote => vote.Label), Committee.Decide(members[..1], sequences, workers));

        string[] decided = Committee.Decide(members, sequences, workers);
        int disagreements = 0;
        for (int i = 0; i < sequences.Length; i++)
        {
            float[] sums = [.. votes[0][i].Probabilities.ToArray().Zip(votes[1][i].Probabilities.ToArray(), (one, other) => one + other)];
            Assert.Equal($"{Array.IndexOf(sums, sums.Max())}", decided[i]);
            disagreements += votes[0][i].Label == votes[1][i].Label ? 0 : 1;
        }

        Assert.True(disagreements > 0, "The members agree on all: nothing is decided.");
    }
}
