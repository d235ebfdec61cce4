using System.CommandLine;
using System.Globalization;
using Unfold.Scoring;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold score: the log-probability of each line of a text.</summary>
internal sealed class ScoreCommand(Terminal terminal)
{
    private readonly ModelChoice _model = new(terminal);
    private readonly Argument<string> _file = Options.FileOrInput("A UTF-8 file, each line of which is scored as a text of its own, or - for standard input.");

    private readonly Option<bool> _byToken = Options.Switch("--by-token", "Show each token with its log-probability.");
    private readonly Option<bool> _known = Options.Switch("--leave-out-unknown", "Count the probabilities of known tokens only; default all, an unknown one as the model gives it.");
    private readonly Option<int?> _threads = Options.Threads();
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object for each line.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new ScoreCommand(terminal);
        var command = new Command("score", "Say how likely each line of a text is.") { verb._model.Argument, verb._file, verb._byToken, verb._known, verb._threads, verb._json };
        verb._model.AddTo(command);
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using var interruption = new Interruption(terminal);
        var lines = new ArrivingLines(terminal, parsed.GetRequiredValue(_file));
        var scorer = new SentenceScorer(_model.Open(parsed, interruption.Token), Options.Workers(parsed.GetValue(_threads)));
        using var progress = new ProgressLine(terminal, $"Scoring {lines.Name}");
        bool byToken = parsed.GetValue(_byToken), known = parsed.GetValue(_known), json = parsed.GetValue(_json);
        if (!json)
        {
            terminal.Output.WriteLine(byToken ? "line\ttoken\tlog10\tnats\tunknown" : "log10\tnats\tlog10/token\tnats/token\ttokens\tunknown\ttext");
        }

        long number = 0;
        double before = 0;
        foreach (IReadOnlyList<string> block in lines.Blocks(interruption.Token))
        {
            IEnumerable<SentenceScore> scores;
            try
            {
                scores = Score(scorer, block, lines, before, progress, interruption.Token);
            }
            catch (UnfoldException) when (block.Count > 1)
            {
                // One line is at fault: those before it have their scores.
                double sofar = before;
                scores = block.Select(line => Score(scorer, [line], lines, sofar, progress, interruption.Token)[0]);
            }

            progress.MakeRoom();
            foreach ((string text, SentenceScore all) in block.Zip(scores))
            {
                var line = new Line(++number, text, all, known ? all.WithoutUnknown() : all);
                if (json)
                {
                    WriteJson(line, scorer.Model.Vocabulary, byToken);
                }
                else if (byToken)
                {
                    WriteTokens(line, scorer.Model.Vocabulary);
                }
                else
                {
                    WriteLine(line);
                }
            }

            terminal.Output.Flush();
            before = lines.Share ?? 0;
        }

        return ExitCode.Done;
    }

    private static IReadOnlyList<SentenceScore> Score(SentenceScorer scorer, IReadOnlyList<string> block, ArrivingLines lines, double before, ProgressLine progress, CancellationToken cancellation)
    {
        if (lines.Share is { } after)
        {
            return scorer.Score(block, done => progress.Show(before + (done * (after - before))), cancellation);
        }

        // Of a stream nothing is known but the lines at hand. The time before they came does not count.
        progress.Restart();
        IReadOnlyList<SentenceScore> scores = scorer.Score(block, progress.Show, cancellation);
        progress.Restart();
        return scores;
    }

    private void WriteLine(Line line)
    {
        double each = line.Score.Total / line.Score.Tokens.Count;
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Shown(Log10(line.Score.Total))}\t{Shown(line.Score.Total)}\t{Shown(Log10(each))}\t{Shown(each)}\t{line.Score.Tokens.Count}\t{line.Unknown}\t{line.Text.Printable}"));
    }

    private void WriteTokens(Line line, Vocabulary vocabulary)
    {
        foreach (ScoredToken token in line.ByToken(vocabulary))
        {
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{line.Number}\t{token.Text.Visible}\t{Shown(Log10(token.LogProbability))}\t{Shown(token.LogProbability)}\t{(token.IsUnknown ? 1 : 0)}"));
        }
    }

    private void WriteJson(Line line, Vocabulary vocabulary, bool byToken) => JsonOutput.Write(terminal, json =>
    {
        SentenceScore score = line.Score;
        json.WriteNumber("line", line.Number);
        json.WriteString("text", line.Text);
        json.WriteNumber("tokens", score.Tokens.Count);
        json.WriteNumber("unknown_tokens", line.Unknown);
        json.WriteFinite("logprob10", Log10(score.Total));
        json.WriteFinite("logprob", score.Total);
        json.WriteFinite("logprob10_per_token", Log10(score.Total / score.Tokens.Count));
        json.WriteFinite("logprob_per_token", score.Total / score.Tokens.Count);
        if (byToken)
        {
            json.WriteStartArray("by_token");
            foreach (ScoredToken token in line.ByToken(vocabulary))
            {
                json.WriteStartObject();
                json.WriteString("token", token.Text);
                json.WriteBoolean("unknown", token.IsUnknown);
                json.WriteFinite("logprob10", Log10(token.LogProbability));
                json.WriteFinite("logprob", token.LogProbability);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    });

    private static double Log10(double nats) => nats / Math.Log(10);

    /// <summary>A number of a table; nothing where there is none, as for a line without tokens.</summary>
    private static string Shown(double value) => double.IsNaN(value) ? "" : double.IsNegativeInfinity(value) ? "-inf" : value.ToString("0.000000", CultureInfo.InvariantCulture);

    /// <param name="Number">Counted from 1.</param>
    /// <param name="Text">The line.</param>
    /// <param name="All">All of its tokens.</param>
    /// <param name="Score">Those that count.</param>
    private sealed record Line(long Number, string Text, SentenceScore All, SentenceScore Score)
    {
        public int Unknown => All.UnknownTokens;

        /// <summary>The tokens that count, an unknown one as it is written in the line.</summary>
        public IEnumerable<ScoredToken> ByToken(Vocabulary vocabulary)
        {
            IReadOnlyList<string> written = Unknown > 0 ? vocabulary.CreateTokenizer().Split(Text) : [];
            bool leavesOut = Score.Tokens.Count < All.Tokens.Count;
            for (int place = 0; place < All.Tokens.Count; place++)
            {
                int token = All.Tokens[place];
                bool unknown = token == Vocabulary.UnknownId;
                if (!(unknown && leavesOut))
                {
                    yield return new ScoredToken(unknown ? written[place] : vocabulary[token], unknown, All.LogProbabilities[place]);
                }
            }
        }
    }

    private readonly record struct ScoredToken(string Text, bool IsUnknown, double LogProbability);
}
