namespace Unfold.Experiments.Measures;

/// <summary>The features of a text, and the number of its class.</summary>
internal readonly record struct Labelled(IEnumerable<string> Features, int Class);

/// <summary>
/// Multinomial naive Bayes with add-one smoothing, the baseline of text classification:
/// <c>argmax_c  log P(c) + sum_f log((n(c, f) + 1) / (n(c) + V))</c>. A feature counts once a text, however often it stands there; one
/// that was never seen counts too, with n(c, f) = 0.
/// </summary>
internal sealed class NaiveBayes
{
    private readonly Dictionary<string, int> _numbers;
    private readonly int[] _counts;
    private readonly double[] _logPriors;
    private readonly double[] _logTotals;

    private NaiveBayes(Dictionary<string, int> numbers, IEnumerable<(int[] Features, int Class)> texts, int classes)
    {
        _numbers = numbers;
        _counts = new int[numbers.Count * classes];
        bool[] seen = new bool[numbers.Count];
        int[] perClass = new int[classes];
        long[] totals = new long[classes];
        foreach ((int[] features, int c) in texts)
        {
            perClass[c]++;
            totals[c] += features.Length;
            foreach (int feature in features)
            {
                _counts[(feature * classes) + c]++;
                seen[feature] = true;
            }
        }

        int vocabulary = seen.Count(once => once);
        _logPriors = [.. perClass.Select(count => Math.Log((double)count / perClass.Sum()))];
        _logTotals = [.. totals.Select(total => Math.Log(total + vocabulary))];
    }

    /// <summary>Counts the features of each class.</summary>
    /// <param name="texts">What is learned from; at least one.</param>
    /// <param name="classes">How many classes there are: numbers 0 .. classes-1.</param>
    public static NaiveBayes Train(IEnumerable<Labelled> texts, int classes)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        (int[], int)[] numbered = [.. texts.Select(text => (Number(text.Features, numbers), text.Class))];
        return new NaiveBayes(numbers, numbered, classes);
    }

    /// <summary>The likeliest class; the first of equals.</summary>
    public int Predict(IEnumerable<string> features)
    {
        // All that were never seen weigh the same.
        string[] distinct = [.. features.Distinct(StringComparer.Ordinal)];
        int[] known = [.. distinct.Where(_numbers.ContainsKey).Select(feature => _numbers[feature])];
        return Predict(known, distinct.Length - known.Length);
    }

    /// <summary>The share of texts whose class is found, in [0, 1].</summary>
    public double Accuracy(IReadOnlyCollection<Labelled> texts) => (double)texts.Count(text => Predict(text.Features) == text.Class) / texts.Count;

    /// <summary>The share of texts whose class is found by the model of all folds but their own.</summary>
    public static double Accuracy(IReadOnlyList<Labelled> texts, int classes, IReadOnlyList<Fold> folds)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        (int[] Features, int Class)[] numbered = [.. texts.Select(text => (Number(text.Features, numbers), text.Class))];
        int right = folds.Sum(fold =>
        {
            var model = new NaiveBayes(numbers, fold.Train.Select(index => numbered[index]), classes);
            return fold.Test.Count(index => model.Predict(numbered[index].Features, unknown: 0) == numbered[index].Class);
        });
        return (double)right / folds.Sum(fold => fold.Test.Length);
    }

    private static int[] Number(IEnumerable<string> features, Dictionary<string, int> numbers)
    {
        HashSet<int> distinct = [];
        foreach (string feature in features)
        {
            if (!numbers.TryGetValue(feature, out int number))
            {
                numbers.Add(feature, number = numbers.Count);
            }

            distinct.Add(number);
        }

        return [.. distinct];
    }

    private int Predict(int[] features, int unknown)
    {
        double[] scores = [.. _logPriors.Zip(_logTotals, (prior, total) => prior - ((features.Length + unknown) * total))];
        foreach (int feature in features)
        {
            for (int c = 0; c < scores.Length; c++)
            {
                scores[c] += Math.Log(_counts[(feature * scores.Length) + c] + 1);
            }
        }

        return Array.IndexOf(scores, scores.Max());
    }
}
