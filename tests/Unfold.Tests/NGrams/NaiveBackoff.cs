using Unfold.NGrams;

namespace Unfold.Tests.NGrams;

/// <summary>A backoff model as dictionaries from words to doubles, and the mixture of two by its equations: to be checked against, not to be fast.</summary>
internal sealed class NaiveBackoff
{
    private readonly Dictionary<string, double> _probabilities = [];
    private readonly Dictionary<string, double> _weights = [];

    private NaiveBackoff()
    {
    }

    /// <summary>All n-grams, their words with spaces between.</summary>
    public IEnumerable<string> NGrams => _probabilities.Keys;

    /// <summary>The numbers of a model.</summary>
    public static NaiveBackoff Of(NGramModel model)
    {
        var naive = new NaiveBackoff();
        string[] path = new string[model.Order];
        void Add(int level, int node, int token)
        {
            path[level - 1] = model.Vocabulary[token];
            string key = string.Join(' ', path[..level]);
            naive._probabilities[key] = Number(model.LogProbabilities(level)[node]);
            if (level < model.Order)
            {
                naive._weights[key] = Number(model.Backoffs(level)[node]);
                (int start, int end) = model.Trie.Children(level, node);
                for (int child = start; child < end; child++)
                {
                    Add(level + 1, child, model.Trie.Words(level + 1)[child]);
                }
            }
        }

        for (int token = 0; token < model.Vocabulary.Count; token++)
        {
            Add(1, token, token);
        }

        return naive;
    }

    /// <summary>
    /// s p1 + (1 - s) p2 for the n-grams of either; the weight of a context is what its n-grams leave, over what the shorter context gives to all words that are none of them.
    /// </summary>
    public static NaiveBackoff Mixed(NaiveBackoff first, NaiveBackoff second, double share, IReadOnlyList<string> words)
    {
        var mixed = new NaiveBackoff();
        foreach (string ngram in first.NGrams.Union(second.NGrams))
        {
            string[] path = ngram.Split(' ');
            mixed._probabilities[ngram] = (share * first.Probability(path[..^1], path[^1])) + ((1 - share) * second.Probability(path[..^1], path[^1]));
        }

        foreach (string[] context in mixed.NGrams.Select(ngram => ngram.Split(' ')[..^1]).Where(context => context.Length > 0).DistinctBy(context => string.Join(' ', context)).OrderBy(context => context.Length))
        {
            string key = string.Join(' ', context);
            double left = 1 - words.Sum(word => mixed._probabilities.GetValueOrDefault($"{key} {word}"));
            mixed._weights[key] = left / words.Where(word => !mixed._probabilities.ContainsKey($"{key} {word}")).Sum(word => mixed.Probability(context[1..], word));
        }

        return mixed;
    }

    /// <summary>p(word | context).</summary>
    public double Probability(string[] context, string word)
    {
        if (_probabilities.TryGetValue(string.Join(' ', [.. context, word]), out double probability))
        {
            return probability;
        }

        return context.Length == 0 ? 0 : _weights.GetValueOrDefault(string.Join(' ', context), 1) * Probability(context[1..], word);
    }

    private static double Number(float logarithm) => logarithm <= -99 ? 0 : Math.Pow(10, logarithm);
}
