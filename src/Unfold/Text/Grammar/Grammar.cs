using System.Text;
using Unfold.Numerics;

namespace Unfold.Text;

/// <summary>
/// A small probabilistic grammar: a source of sentences, one a line, whose entropy is known exactly, so that a model's
/// perplexity can be compared with the best that any model could reach.
/// </summary>
/// <remarks>
/// Weighted context-free rules without recursion. The entropy of a symbol is the expectation over its alternatives r of
/// -ln p(r) plus the entropies of the symbols in r; it is the entropy of the sentences because no sentence has two
/// derivations (<see cref="LogProbability"/> sums over all derivations and shows it).
/// </remarks>
public sealed class Grammar
{
    private readonly GrammarRule[] _rules;

    private Grammar(GrammarRule[] rules)
    {
        _rules = rules;
        GrammarMeasure sentence = new GrammarMeasurer(rules).Measure(0);
        EntropyPerSentence = sentence.Entropy;
        CharactersPerSentence = sentence.Characters;
        WordsPerSentence = sentence.Words;
        SentenceCount = sentence.Derivations;
    }

    /// <summary>The exact entropy of one sentence in nats.</summary>
    public double EntropyPerSentence { get; }

    /// <summary>The exact expected number of Unicode scalar values of one sentence, its line feed included.</summary>
    public double CharactersPerSentence { get; }

    /// <summary>The exact expected number of tokens that <see cref="WordTokenizer"/> gives for one sentence, its line feed included.</summary>
    public double WordsPerSentence { get; }

    /// <summary>The number of different sentences.</summary>
    public double SentenceCount { get; }

    /// <summary>The entropy rate of the text in nats per character: no model can have a lower expected loss.</summary>
    public double EntropyPerCharacter => EntropyPerSentence / CharactersPerSentence;

    /// <summary>The entropy rate of the text in nats per word token.</summary>
    public double EntropyPerWord => EntropyPerSentence / WordsPerSentence;

    /// <summary>Creates the grammar of the embedded corpus: English and Chinese sentences whose ends agree with their beginnings.</summary>
    public static Grammar CreateEmbedded() => Parse(EmbeddedGrammar.Rules);

    /// <summary>
    /// Reads a grammar: one rule a line, <c>name = alternative | 2*alternative</c>, where <c>{name}</c> stands for a symbol,
    /// <c>2*</c> is a weight (1 if absent) and the first rule is a sentence. A line that begins with <c>[p: a b]</c> is
    /// repeated for each value, with <c>[p]</c> replaced by it. Lines that begin with # are skipped.
    /// </summary>
    /// <exception cref="UnfoldException">A line is no rule, a symbol has no rule, or a symbol contains itself.</exception>
    public static Grammar Parse(string rules) => new(GrammarParser.Parse(rules));

    /// <summary>Appends one random sentence and a line feed.</summary>
    /// <returns>The natural logarithm of the probability of the choices made: of the sentence, as it has no other derivation.</returns>
    public double WriteSentence(SeededRandom random, StringBuilder text)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(text);
        double logProbability = Write(0, random, text);
        text.Append('\n');
        return logProbability;
    }

    /// <summary>Writes whole sentences until there are at least so many UTF-16 code units.</summary>
    public string WriteText(SeededRandom random, int minimumLength)
    {
        StringBuilder text = new(minimumLength + 256);
        while (text.Length < minimumLength)
        {
            WriteSentence(random, text);
        }

        return text.ToString();
    }

    /// <summary>The natural logarithm of a sentence's probability, summed over all its derivations; minus infinity if it has none.</summary>
    /// <param name="sentence">The sentence without its line feed.</param>
    public double LogProbability(string sentence)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        return new GrammarChart(_rules, sentence).LogProbability();
    }

    /// <summary>Lists every derivation: the sentence without its line feed, and the probability. There are <see cref="SentenceCount"/>.</summary>
    public IEnumerable<(string Sentence, double Probability)> Enumerate() => Derive(new GrammarItem(null, 0));

    private IEnumerable<(string Text, double Probability)> Derive(GrammarItem item) => item.Literal is not null
        ? [(item.Literal, 1)]
        : _rules[item.Symbol].Alternatives.SelectMany(alternative => alternative.Items.Aggregate(
            (IEnumerable<(string Text, double Probability)>)[("", alternative.Probability)],
            (starts, next) => starts.SelectMany(start => Derive(next).Select(end => (start.Text + end.Text, start.Probability * end.Probability)))));

    private double Write(int symbol, SeededRandom random, StringBuilder text)
    {
        GrammarAlternative[] alternatives = _rules[symbol].Alternatives;
        double remaining = random.NextDouble();
        int chosen = 0;
        while (chosen < alternatives.Length - 1 && remaining >= alternatives[chosen].Probability)
        {
            remaining -= alternatives[chosen].Probability;
            chosen++;
        }

        double logProbability = Math.Log(alternatives[chosen].Probability);
        foreach (GrammarItem item in alternatives[chosen].Items)
        {
            if (item.Literal is null)
            {
                logProbability += Write(item.Symbol, random, text);
            }
            else
            {
                text.Append(item.Literal);
            }
        }

        return logProbability;
    }
}
