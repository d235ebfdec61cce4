using System.CommandLine;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold evaluate: measures a model on a text, read as one stream.</summary>
internal sealed class EvaluateCommand(Terminal terminal)
{
    private readonly ModelChoice _models = new(terminal);
    private readonly Option<string[]> _text = Options.Paths("--text", "UTF-8 files to score, read as one text.");
    private readonly Option<int?> _threads = Options.Threads();
    private readonly Option<double?> _dynamic = Options.Number("--dynamic", "of at least 0 that single precision can hold", value => value == 0 || TrainingSettings.IsLearningRate(value), "Learn from each window of the text once it is scored, with this rate; the saved model stays as it is. Default 0, not at all.");
    private readonly Option<int?> _cache = Options.WholeNumber("--cache", 0, 1_000_000, "Remember so many of the last tokens, and expect them again after outputs like those they came after; default 0.");
    private readonly Option<double?> _flatness = Options.Number("--cache-flatness", "of at least 0 that single precision can hold", StreamAdaptation.IsFlatness, "How much more those outputs count that are most alike; default 0.3.");
    private readonly Option<double?> _weight = Options.Number("--cache-weight", "of at least 0 and below 1", value => value is >= 0 and < 1, "The weight of what is remembered; default 0.1.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new EvaluateCommand(terminal);
        verb._text.Required = true;
        var command = new Command("evaluate", "Measure a model on a text: loss, perplexity, bits per token and character.")
        {
            verb._models.Argument, verb._text, verb._dynamic, verb._cache, verb._flatness, verb._weight, verb._threads, verb._json,
        };
        verb._models.AddTo(command);
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        StreamAdaptation? adaptation = Adaptation(parsed);
        using var interruption = new Interruption(terminal);
        TextSource text = TextSource.FromFiles(parsed.GetRequiredValue(_text));
        NextTokenModel model = _models.Open(parsed, interruption.Token);
        Corpus corpus = KnownText.Read(terminal, text, model.Vocabulary, interruption.Token);
        KnownText.RequireTwo(corpus.Train, text.Name, model.Vocabulary.Mode);
        Score score = Measure(model, corpus.Train, adaptation, Options.Workers(parsed.GetValue(_threads)), interruption.Token);
        if (double.IsNaN(score.Loss))
        {
            throw new UnfoldException($"The loss of {parsed.GetRequiredValue(_models.Argument)} should be a number and is none: its weights are damaged or its training diverged.");
        }

        Figure[] figures =
        [
            new("tokens", "tokens", score.Tokens, Figure.Count),
            new("unknown tokens", "unknown_tokens", corpus.UnknownTokens, Figure.Count),
            new("loss", "loss", score.Loss, Figure.Nats),
            new("perplexity", "perplexity", score.Perplexity),
            new("bits per token", "bits_per_token", score.BitsPerToken),

            // Which characters an unknown token has is not foretold.
            new("bits per character", "bits_per_character", corpus.UnknownTokens > 0 ? null : score.BitsPerCharacter(corpus.ForetoldCharacters)),
        ];
        Figure.Write(terminal, parsed.GetValue(_json), figures, json => ModelChoice.WriteShare(json, model));
        return ExitCode.Done;
    }

    /// <summary>How the model follows the text; null where it stays as it is.</summary>
    private StreamAdaptation? Adaptation(ParseResult parsed)
    {
        double rate = parsed.GetValue(_dynamic) ?? 0;
        int cache = parsed.GetValue(_cache) ?? 0;
        if (cache == 0 && (parsed.Gave(_flatness) || parsed.Gave(_weight)))
        {
            throw new UsageException("--cache-flatness and --cache-weight are for a cache: give its size with --cache N, or leave them out.");
        }

        var usual = new StreamAdaptation();
        return rate == 0 && cache == 0 ? null : new StreamAdaptation
        {
            LearningRate = rate,
            Cache = cache,
            CacheFlatness = parsed.GetValue(_flatness) ?? usual.CacheFlatness,
            CacheWeight = parsed.GetValue(_weight) ?? usual.CacheWeight,
        };
    }

    private Score Measure(NextTokenModel model, TokenStore tokens, StreamAdaptation? adaptation, Workers workers, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(terminal, "Scoring");
        if (adaptation is null)
        {
            return LanguageModelScorer.Score(model, tokens, workers, progress.Show, cancellation);
        }

        return model is LanguageModel recurrent
            ? AdaptingScorer.Score(recurrent, tokens, adaptation, workers, progress.Show, cancellation)
            : throw new UsageException("--dynamic and --cache are for one recurrent model: n-grams and mixtures do not follow the text.");
    }
}
