using System.Globalization;

namespace Unfold.Text;

/// <summary>Reads the notation that <see cref="Grammar.Parse"/> describes.</summary>
internal static class GrammarParser
{
    private const StringSplitOptions Trimmed = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    public static GrammarRule[] Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<(string Name, string Body)> lines = [];
        foreach (string line in text.Split('\n', Trimmed))
        {
            if (!line.StartsWith('#'))
            {
                lines.AddRange(Repeat(line).Select(SplitName));
            }
        }

        Dictionary<string, int> numbers = [];
        foreach ((string name, _) in lines)
        {
            if (!numbers.TryAdd(name, numbers.Count))
            {
                throw new UnfoldException($"The grammar has two rules for {{{name}}}, but one rule with all its alternatives was wanted.");
            }
        }

        if (lines.Count == 0)
        {
            throw new UnfoldException("The grammar has no rule, but at least one was wanted.");
        }

        GrammarRule[] rules = [.. lines.Select(line => new GrammarRule(line.Name, Alternatives(line.Name, line.Body, numbers)))];
        RefuseRecursion(rules, 0, [], []);
        return rules;
    }

    /// <summary>Repeats a line [p: a b] ... for each value of p.</summary>
    private static IEnumerable<string> Repeat(string line)
    {
        if (!line.StartsWith('['))
        {
            return [line];
        }

        int colon = line.IndexOf(':', StringComparison.Ordinal), end = line.IndexOf(']', StringComparison.Ordinal);
        if (colon < 0 || end < colon)
        {
            throw new UnfoldException($"The grammar's line \"{line}\" begins with [, but [name: values] was wanted.");
        }

        string variable = $"[{line[1..colon].Trim()}]";
        string rest = line[(end + 1)..].Trim();
        return line[(colon + 1)..end].Split(' ', Trimmed).Select(value => rest.Replace(variable, value, StringComparison.Ordinal));
    }

    private static (string Name, string Body) SplitName(string line)
    {
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? (line[..equals].Trim(), line[(equals + 1)..])
            : throw new UnfoldException($"The grammar's line \"{line}\" is no rule: name = alternative | alternative was wanted.");
    }

    private static GrammarAlternative[] Alternatives(string name, string body, Dictionary<string, int> numbers)
    {
        List<(double Weight, GrammarItem[] Items)> alternatives = [];
        foreach (string alternative in body.Split('|', StringSplitOptions.TrimEntries))
        {
            int star = alternative.IndexOf('*', StringComparison.Ordinal);
            double weight = 1;
            if (star >= 0 && (!double.TryParse(alternative[..star], CultureInfo.InvariantCulture, out weight) || !(weight > 0) || !double.IsFinite(weight)))
            {
                throw new UnfoldException($"The grammar's rule {{{name}}} has the weight \"{alternative[..star]}\", but a number above zero was wanted.");
            }

            alternatives.Add((weight, Items(name, alternative[(star + 1)..], numbers)));
        }

        double total = alternatives.Sum(alternative => alternative.Weight);
        return [.. alternatives.Select(alternative => new GrammarAlternative(alternative.Weight / total, alternative.Items))];
    }

    private static GrammarItem[] Items(string name, string text, Dictionary<string, int> numbers)
    {
        List<GrammarItem> items = [];
        while (text.Length > 0)
        {
            int open = text.IndexOf('{', StringComparison.Ordinal);
            int close = text.IndexOf('}', StringComparison.Ordinal);
            if (open != 0)
            {
                int length = open < 0 ? text.Length : open;
                items.Add(new GrammarItem(text[..length], -1));
                text = text[length..];
                continue;
            }

            string reference = close < 0 ? text : text[1..close];
            if (close < 0 || !numbers.TryGetValue(reference, out int number))
            {
                throw new UnfoldException($"The grammar's rule {{{name}}} uses {{{reference}}}, but there is no rule of that name.");
            }

            items.Add(new GrammarItem(null, number));
            text = text[(close + 1)..];
        }

        return [.. items];
    }

    private static void RefuseRecursion(GrammarRule[] rules, int symbol, List<int> above, HashSet<int> sound)
    {
        if (sound.Contains(symbol))
        {
            return;
        }

        if (above.Contains(symbol))
        {
            throw new UnfoldException($"The grammar's symbol {{{rules[symbol].Name}}} contains itself, but only rules without recursion have the exact lengths wanted here.");
        }

        above.Add(symbol);
        foreach (GrammarItem item in rules[symbol].Alternatives.SelectMany(alternative => alternative.Items))
        {
            if (item.Literal is null)
            {
                RefuseRecursion(rules, item.Symbol, above, sound);
            }
        }

        above.RemoveAt(above.Count - 1);
        sound.Add(symbol);
    }
}
