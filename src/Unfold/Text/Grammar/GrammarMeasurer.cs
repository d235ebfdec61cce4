namespace Unfold.Text;

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
