using System.CommandLine;
using Unfold.Numerics;
using Unfold.Rescoring;
using Unfold.Scoring;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold rescore: picks the right hypothesis of each n-best list.</summary>
internal sealed class RescoreCommand(Terminal terminal)
{
    /// <summary>No weight is of use that is beyond this, and sums of scores stay finite below it.</summary>
    private const double Heaviest = 1_000_000;

    private readonly ModelChoice _model = new(terminal);
    private readonly Option<string[]> _nbest = Options.PathsOrInput("--nbest", "N-best lists; a folder stands for its files but the hidden ones, and - for standard input.");
    private readonly Option<NBestFormat?> _format = Options.Choice<NBestFormat>("--format", "The format of the lists; default what each file shows.");
    private readonly Option<string[]> _costs = Options.Paths("--costs", "Kaldi's archives of costs, which add up; minus their sum is the channel score.");
    private readonly Option<string[]> _references = Options.Paths("--references", "What is right: in each line the name of a list and its words.");
    private readonly Option<double?> _weight = Options.Number("--weight", "of 0 to 1,000,000", value => value is >= 0 and <= Heaviest, "The weight of the language model beside the channel score; default 1.");
    private readonly Option<double?> _penalty = Options.Number("--penalty", "of -1,000,000 to 1,000,000", value => Math.Abs(value) <= Heaviest, "What each word, or character with --measure characters, adds to the score, in nats; default 0.");
    private readonly Option<double?> _unknownPenalty = Options.Number("--unknown-penalty", "of -1,000,000 to 1,000,000", value => Math.Abs(value) <= Heaviest, "What each token adds that the model does not know, beside the probability of all unknown ones; default 0.");
    private readonly Option<string[]> _tune = Options.Paths("--tune", "Choose weight and penalties for the fewest errors on these lists, which need references.");
    private readonly Option<ErrorMeasure?> _measure = Options.Choice<ErrorMeasure>("--measure", "The errors that --tune counts, and what the penalty is for; default words.");
    private readonly Option<bool> _known = Options.Switch("--leave-out-unknown", "Count the probabilities of known tokens only; default all, an unknown one as the model gives it.");
    private readonly Option<ulong?> _seed = Options.Seed("For the confidence intervals; default 1.");
    private readonly Option<int?> _threads = Options.Threads();
    private readonly Option<bool> _ranked = Options.Switch("--ranked", "Show every hypothesis of each list with its scores, the best first; default the best one alone.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object for each list, or each hypothesis with --ranked, and one for all.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new RescoreCommand(terminal);
        verb._nbest.Required = true;
        var command = new Command("rescore", "Pick the likeliest hypothesis of each n-best list, by channel and language model.")
        {
            verb._model.Argument, verb._nbest, verb._format, verb._costs, verb._references, verb._weight, verb._penalty, verb._unknownPenalty, verb._tune, verb._measure, verb._known, verb._seed, verb._threads, verb._ranked, verb._json,
        };
        verb._model.AddTo(command);
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        RequireSense(parsed);
        using var interruption = new Interruption(terminal);
        IReadOnlyDictionary<string, string> references = ReadReferences(parsed.GetValue(_references) ?? [], interruption.Token);
        IReadOnlyDictionary<string, double>? costs = parsed.GetValue(_costs) is { Length: > 0 } archives ? ReadCosts(archives, interruption.Token) : null;
        IReadOnlyList<NBestList> lists = Read(parsed, _nbest, costs, references, interruption.Token);
        RequireAllOrNone(lists);
        IReadOnlyList<NBestList>? development = parsed.Gave(_tune) ? Read(parsed, _tune, costs, references, interruption.Token) : null;
        RequireUse(costs, references, [.. lists, .. development ?? []]);
        if (development?.FirstOrDefault(list => list.Reference is null) is { } bare)
        {
            throw new UnfoldException($"The list {bare.Id}, on which the weights are to be tuned, has no reference: name a file that holds it with --references.");
        }

        NextTokenModel model = _model.Open(parsed, interruption.Token);
        Workers workers = Options.Workers(parsed.GetValue(_threads));
        ErrorMeasure measure = parsed.GetValue(_measure) ?? ErrorMeasure.Words;
        OutOfVocabulary unknown = parsed.GetValue(_known) ? OutOfVocabulary.LeftOut : OutOfVocabulary.Counted;
        (RescoringWeights Weights, int Errors)? tuned = development is null
            ? null
            : Tune(Score(model, development, workers, unknown, "Scoring the development lists", interruption.Token), measure, interruption.Token);
        RescoringWeights weights = tuned?.Weights ?? new RescoringWeights(parsed.GetValue(_weight) ?? 1, parsed.GetValue(_penalty) ?? 0, measure, parsed.GetValue(_unknownPenalty) ?? 0);
        IReadOnlyList<ScoredList> scored = Score(model, lists, workers, unknown, "Scoring", interruption.Token);
        var report = new RescoringReport(terminal, scored, weights, parsed.GetValue(_seed) ?? 1, interruption.Token);
        bool ranked = parsed.GetValue(_ranked);
        if (parsed.GetValue(_json))
        {
            report.WriteJson(model, ranked);
        }
        else
        {
            report.Write(ranked);
        }

        return ExitCode.Done;
    }

    private void RequireSense(ParseResult parsed)
    {
        if (parsed.GetRequiredValue(_nbest).Count(path => path == NBestFile.InputPath) > 1)
        {
            throw new UsageException("--nbest has - twice, but standard input can be read only once: give it once.");
        }

        parsed.Exclude(_tune, _weight);
        parsed.Exclude(_tune, _penalty);
        parsed.Exclude(_tune, _unknownPenalty);
        if (parsed.Gave(_measure) && !parsed.Gave(_tune) && !parsed.Gave(_penalty))
        {
            throw new UsageException("--measure says what --tune counts and what --penalty is for: give it together with one of them.");
        }
    }

    private IReadOnlyDictionary<string, string> ReadReferences(string[] paths, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, $"Reading {string.Join(", ", paths)}");
        return NBestFile.ReadReferences(paths, progress.Show, cancellation);
    }

    private IReadOnlyDictionary<string, double> ReadCosts(string[] paths, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, $"Reading {string.Join(", ", paths)}");
        return NBestFile.ReadCosts(paths, progress.Show, cancellation);
    }

    private IReadOnlyList<NBestList> Read(
        ParseResult parsed, Option<string[]> option, IReadOnlyDictionary<string, double>? costs, IReadOnlyDictionary<string, string> references, CancellationToken cancellation)
    {
        string[] paths = parsed.GetRequiredValue(option);
        using var progress = new ProgressLine(terminal, $"Reading {string.Join(", ", paths.Select(path => path == NBestFile.InputPath ? ArrivingLines.InputName : path))}");
        IEnumerable<string>? input = paths.Contains(NBestFile.InputPath)
            ? new ArrivingLines(terminal, ArrivingLines.Input).Blocks(cancellation).SelectMany(block => block)
            : null;
        IReadOnlyList<NBestList> lists = NBestFile.Read(paths, parsed.GetValue(_format), costs, input, progress.Show, cancellation);
        return [.. lists.Select(list => references.TryGetValue(list.Id, out string? reference) ? list with { Reference = reference } : list)];
    }

    private static void RequireUse(IReadOnlyDictionary<string, double>? costs, IReadOnlyDictionary<string, string> references, IReadOnlyList<NBestList> lists)
    {
        if (costs is not null && !lists.Any(list => list.Format == NBestFormat.Kaldi))
        {
            throw new UnfoldException("Archives of costs go with text archives of Kaldi, but none of the n-best lists is one: leave the costs out.");
        }

        if (references.Count > 0 && lists.Count > 0 && !lists.Any(list => references.ContainsKey(list.Id)))
        {
            throw new UnfoldException($"The references are for other lists than these: the first is for {references.Keys.First()}, and the first list is {lists[0].Id}. Give each line the name of a list before its words.");
        }
    }

    private static void RequireAllOrNone(IReadOnlyList<NBestList> lists)
    {
        NBestList? known = lists.FirstOrDefault(list => list.Reference is not null), unknown = lists.FirstOrDefault(list => list.Reference is null);
        if (known is not null && unknown is not null)
        {
            throw new UnfoldException($"The list {known.Id} has a reference and the list {unknown.Id} has none, so no error rate can be told: give references for all lists or for none.");
        }
    }

    private (RescoringWeights Weights, int Errors) Tune(IReadOnlyList<ScoredList> development, ErrorMeasure measure, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, "Tuning");
        return RescoringTuner.Tune(development, measure, progress.Show, cancellation);
    }

    private IReadOnlyList<ScoredList> Score(NextTokenModel model, IReadOnlyList<NBestList> lists, Workers workers, OutOfVocabulary unknown, string what, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, what);
        return Rescorer.Score(model, lists, workers, unknown, progress.Show, cancellation);
    }
}
