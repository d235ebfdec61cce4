using System.Globalization;
using System.Text.Json;
using Unfold.Numerics;
using Unfold.Rescoring;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>What rescoring chose, and how often that is wrong.</summary>
internal sealed class RescoringReport(Terminal terminal, IReadOnlyList<ScoredList> lists, RescoringWeights weights, ulong seed, CancellationToken cancellation)
{
    private static readonly (ErrorMeasure Measure, string Name, string Field)[] Measures =
    [
        (ErrorMeasure.Words, "word error rate", "word_error_rate"),
        (ErrorMeasure.Characters, "character error rate", "character_error_rate"),
    ];

    private readonly int[] _best = [.. lists.Select(list => list.Best(weights))];

    /// <summary>The unknown tokens of all hypotheses that were chosen.</summary>
    private long Unknown => lists.Zip(_best, (list, best) => (long)list.UnknownTokens[best]).Sum();

    /// <summary>The lists in which the model thinks every hypothesis impossible.</summary>
    private int Impossible => lists.Count(list => list.IsImpossible(weights));

    /// <summary>Whether there is anything to count errors against.</summary>
    private bool IsMeasured => lists.Any(list => !string.IsNullOrWhiteSpace(list.List.Reference));

    private (ErrorMeasure Measure, string Name, string Field)[] MeasuresTold => IsMeasured ? Measures : [];

    /// <summary>Writes a line for each list, its name and its text, or a row for each of its hypotheses, and the rates to stderr.</summary>
    public void Write(bool ranked)
    {
        if (ranked)
        {
            terminal.Output.WriteLine("list\tplace\ttotal\tchannel\tnats\tunknown\twords\tcharacters\ttext");
        }

        foreach ((ScoredList list, int place) in Shown(ranked))
        {
            NBestHypothesis hypothesis = list.List.Hypotheses[place];
            terminal.Output.WriteLine(
                ranked ? string.Create(CultureInfo.InvariantCulture, $"{list.List.Id.Printable}\t{place + 1}\t{Shown(list.Total(place, weights))}\t{hypothesis.Channel:0.000000}\t{Shown(list.LogProbabilities[place])}\t{list.UnknownTokens[place]}\t{hypothesis.Words}\t{hypothesis.Characters}\t{hypothesis.Text.Printable}")
                : hypothesis.Text.Length == 0 ? list.List.Id.Printable
                : $"{list.List.Id.Printable} {hypothesis.Text.Printable}");
        }

        terminal.Output.Flush();
        string each = weights.Unknown == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {weights.Unknown:0.####} for each");
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{lists.Count} lists, weight {weights.Model:0.####}, penalty {weights.Insertion:0.####} a {(weights.Unit == ErrorMeasure.Words ? "word" : "character")}, {Unknown} unknown tokens in what was chosen{each}"));
        if (Impossible > 0)
        {
            terminal.Line($"In {Impossible} of the lists the model thinks every hypothesis impossible: there the other scores have chosen.");
        }

        if (lists.Any(list => list.List.Reference is not null) && !IsMeasured)
        {
            terminal.Line("All references are empty: there is nothing to count errors against.");
        }

        foreach ((ErrorMeasure measure, string name, _) in MeasuresTold)
        {
            Rates rates = Measured(measure, name);
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{name,-20}  before {Shown(rates.Before)}  after {Shown(rates.After)}  change {Shown(rates.Change)}  best possible {100.0 * rates.FewestErrors / rates.Units:0.00}%"));
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{"",-20}  errors before {Shown(rates.ErrorsBefore)}  after {Shown(rates.ErrorsAfter)}  best possible {rates.FewestErrors:N0}, of {rates.Units:N0} {(measure == ErrorMeasure.Words ? "words" : "characters")}"));
        }
    }

    /// <summary>Writes an object for each list or each of its hypotheses, and one for all.</summary>
    public void WriteJson(NextTokenModel model, bool ranked)
    {
        foreach ((ScoredList list, int place) in Shown(ranked))
        {
            NBestHypothesis hypothesis = list.List.Hypotheses[place];
            JsonOutput.Write(terminal, json =>
            {
                json.WriteString("id", list.List.Id);
                json.WriteString("text", hypothesis.Text);
                json.WriteNumber("place", place + 1);
                json.WriteFinite("total", list.Total(place, weights));
                json.WriteNumber("channel", hypothesis.Channel);
                json.WriteFinite("logprob", list.LogProbabilities[place]);
                json.WriteNumber("unknown_tokens", list.UnknownTokens[place]);
                json.WriteNumber("words", hypothesis.Words);
                json.WriteNumber("characters", hypothesis.Characters);
            });
        }

        JsonOutput.Write(terminal, json =>
        {
            json.WriteNumber("lists", lists.Count);
            json.WriteNumber("hypotheses", lists.Sum(list => list.List.Hypotheses.Count));
            json.WriteNumber("unknown_tokens", Unknown);
            json.WriteNumber("impossible_lists", Impossible);
            ModelChoice.WriteShare(json, model);
            json.WriteNumber("weight", weights.Model);
            json.WriteNumber("penalty", weights.Insertion);
            json.WriteNumber("unknown_penalty", weights.Unknown);
            json.WriteString("measure", weights.Unit == ErrorMeasure.Words ? "words" : "characters");
            foreach ((ErrorMeasure measure, string name, string field) in MeasuresTold)
            {
                Rates rates = Measured(measure, name);
                json.WriteStartObject(field);
                Write(json, "before", rates.Before);
                Write(json, "after", rates.After);
                Write(json, "change", rates.Change);
                json.WriteNumber("oracle", (double)rates.FewestErrors / rates.Units);
                json.WriteNumber("units", rates.Units);
                Write(json, "before", rates.ErrorsBefore);
                Write(json, "after", rates.ErrorsAfter);
                json.WriteNumber("errors_oracle", rates.FewestErrors);
                json.WriteEndObject();
            }
        });
    }

    /// <summary>The best hypothesis of each list, or all of them in their order.</summary>
    private IEnumerable<(ScoredList List, int Place)> Shown(bool ranked)
    {
        foreach ((ScoredList list, int best) in lists.Zip(_best))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (int place in ranked ? list.Ranked(weights) : [best])
            {
                yield return (list, place);
            }
        }
    }

    private Rates Measured(ErrorMeasure measure, string name)
    {
        IReadOnlyList<ErrorCount>[] errors = Errors(measure, name);
        ErrorCount[] before = [.. errors.Select(list => list[0])];
        ErrorCount[] after = [.. errors.Zip(_best, (list, best) => list[best])];
        using var progress = new ProgressLine(terminal, $"Drawing for the interval of the {name}");
        var random = new SeededRandom(seed);
        ErrorRate first = ErrorRate.Of(before, random.Split(), share => progress.Show(share / 3), cancellation);
        return new Rates(
            first,
            ErrorRate.Of(after, random.Split(), share => progress.Show((1 + share) / 3), cancellation),
            ErrorRate.Difference(before, after, random.Split(), share => progress.Show((2 + share) / 3), cancellation),
            before.Sum(count => (long)count.Units),
            Kinds.Of(before),
            Kinds.Of(after),
            errors.Sum(list => (long)list.Min(count => count.Errors)));
    }

    private IReadOnlyList<ErrorCount>[] Errors(ErrorMeasure measure, string name)
    {
        using var progress = new ProgressLine(terminal, $"Counting errors for the {name}");
        var errors = new IReadOnlyList<ErrorCount>[lists.Count];
        for (int list = 0; list < errors.Length; list++)
        {
            errors[list] = lists[list].Errors(measure, cancellation);
            progress.Show((list + 1.0) / errors.Length);
        }

        return errors;
    }

    private static void Write(Utf8JsonWriter json, string name, ErrorRate rate)
    {
        json.WriteStartObject(name);
        json.WriteNumber("rate", rate.Rate);
        json.WriteNumber("low", rate.Low);
        json.WriteNumber("high", rate.High);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string when, Kinds errors)
    {
        json.WriteNumber($"errors_{when}", errors.All);
        json.WriteNumber($"substitutions_{when}", errors.Substitutions);
        json.WriteNumber($"deletions_{when}", errors.Deletions);
        json.WriteNumber($"insertions_{when}", errors.Insertions);
    }

    private static string Shown(Kinds errors) => string.Create(CultureInfo.InvariantCulture, $"{errors.All:N0} ({errors.Substitutions:N0} substituted, {errors.Deletions:N0} deleted, {errors.Insertions:N0} inserted)");

    private static string Shown(ErrorRate rate) => string.Create(CultureInfo.InvariantCulture, $"{100 * rate.Rate:0.00}% [{100 * rate.Low:0.00}, {100 * rate.High:0.00}]");

    private static string Shown(double value) => double.IsNegativeInfinity(value) ? "-inf" : value.ToString("0.000000", CultureInfo.InvariantCulture);

    /// <summary>Error rates of the first hypotheses, the chosen ones, and their difference; the units of the references, and the errors in the first hypotheses, the chosen ones and the best that the lists hold.</summary>
    private sealed record Rates(ErrorRate Before, ErrorRate After, ErrorRate Change, long Units, Kinds ErrorsBefore, Kinds ErrorsAfter, long FewestErrors);

    /// <summary>The errors of all lists by their kinds.</summary>
    private sealed record Kinds(long Substitutions, long Deletions, long Insertions)
    {
        public long All => Substitutions + Deletions + Insertions;

        public static Kinds Of(ErrorCount[] counts) =>
            new(counts.Sum(count => (long)count.Edits.Substitutions), counts.Sum(count => (long)count.Edits.Deletions), counts.Sum(count => (long)count.Edits.Insertions));
    }
}
