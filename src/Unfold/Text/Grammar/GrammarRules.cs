namespace Unfold.Text;

/// <summary>A piece of an alternative: literal text, or the number of a symbol.</summary>
internal readonly record struct GrammarItem(string? Literal, int Symbol);

/// <summary>One way to write a symbol, with its probability among the symbol's alternatives.</summary>
internal sealed record GrammarAlternative(double Probability, GrammarItem[] Items);

/// <summary>A symbol and all the ways to write it.</summary>
internal sealed record GrammarRule(string Name, GrammarAlternative[] Alternatives);

/// <summary>What is expected of the text below a symbol: nats, scalar values, word tokens; and how many derivations it has.</summary>
internal readonly record struct GrammarMeasure(double Entropy, double Characters, double Words, double Derivations);

/// <summary>Computes the expectations by one walk over the rules, each symbol once.</summary>
internal sealed class GrammarMeasurer(GrammarRule[] rules)
{
    private readonly GrammarMeasure?[] _known = new GrammarMeasure?[rules.Length];

    /// <summary>Measures a symbol as a whole sentence: with its line feed.</summary>
    public GrammarMeasure Measure(int start)
    {
        GrammarMeasure body = Of(start);
        return body with { Characters = body.Characters + 1, Words = body.Words + 1 };
    }

    private GrammarMeasure Of(int symbol)
    {
        if (_known[symbol] is { } known)
        {
            return known;
        }

        double entropy = 0, characters = 0, words = 0, derivations = 0;
        foreach (GrammarAlternative alternative in rules[symbol].Alternatives)
        {
            double p = alternative.Probability;
            double ways = 1;
            entropy -= p * Math.Log(p);
            foreach (GrammarItem item in alternative.Items)
            {
                GrammarMeasure part = item.Literal is null ? Of(item.Symbol) : OfLiteral(item.Literal);
                entropy += p * part.Entropy;
                characters += p * part.Characters;
                words += p * part.Words;
                ways *= part.Derivations;
            }

            derivations += ways;
        }

        GrammarMeasure measure = new(entropy, characters, words, derivations);
        _known[symbol] = measure;
        return measure;
    }

    private static GrammarMeasure OfLiteral(string literal) =>
        new(0, literal.EnumerateRunes().Count(), new WordTokenizer(LetterCase.Kept).Split(literal).Count, 1);
}

/// <summary>Sums the probabilities of all derivations of one sentence, from left to right, each symbol at each place once.</summary>
internal sealed class GrammarChart(GrammarRule[] rules, string sentence)
{
    private readonly Dictionary<(int Symbol, int Start), Dictionary<int, double>> _known = [];

    public double LogProbability() => Math.Log(Ends(0, 0).GetValueOrDefault(sentence.Length));

    /// <summary>Where the symbol can end if it begins at start, and with which probability.</summary>
    private Dictionary<int, double> Ends(int symbol, int start)
    {
        if (_known.TryGetValue((symbol, start), out Dictionary<int, double>? known))
        {
            return known;
        }

        Dictionary<int, double> ends = [];
        foreach (GrammarAlternative alternative in rules[symbol].Alternatives)
        {
            Dictionary<int, double> reached = new() { [start] = alternative.Probability };
            foreach (GrammarItem item in alternative.Items)
            {
                reached = Advance(reached, item);
            }

            Add(ends, reached, 1);
        }

        _known[(symbol, start)] = ends;
        return ends;
    }

    private Dictionary<int, double> Advance(Dictionary<int, double> reached, GrammarItem item)
    {
        Dictionary<int, double> next = [];
        foreach ((int position, double probability) in reached)
        {
            if (item.Literal is null)
            {
                Add(next, Ends(item.Symbol, position), probability);
            }
            else if (sentence.AsSpan(position).StartsWith(item.Literal, StringComparison.Ordinal))
            {
                Add(next, new Dictionary<int, double> { [position + item.Literal.Length] = 1 }, probability);
            }
        }

        return next;
    }

    private static void Add(Dictionary<int, double> sum, Dictionary<int, double> ends, double factor)
    {
        foreach ((int end, double probability) in ends)
        {
            sum[end] = sum.GetValueOrDefault(end) + (factor * probability);
        }
    }
}
