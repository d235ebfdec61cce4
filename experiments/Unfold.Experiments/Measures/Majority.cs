namespace Unfold.Experiments.Measures;

/// <summary>Always answering what was commonest: the least that a classifier must beat.</summary>
internal static class Majority
{
    /// <summary>The commonest of the answers; the first that came of equals.</summary>
    public static T Of<T>(IEnumerable<T> answers)
        where T : notnull => answers.GroupBy(answer => answer).MaxBy(group => group.Count())!.Key;

    /// <summary>The share of the tests that the commonest answer of the training part gets right, in [0, 1].</summary>
    public static double Accuracy<T>(IEnumerable<T> train, IReadOnlyCollection<T> test)
        where T : notnull
    {
        T answer = Of(train);
        return (double)test.Count(wanted => EqualityComparer<T>.Default.Equals(wanted, answer)) / test.Count;
    }
}
