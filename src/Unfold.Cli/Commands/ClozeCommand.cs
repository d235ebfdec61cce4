using System.CommandLine;
using Unfold.Models;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold cloze: trains and measures models that fill a gap from both of its sides.</summary>
internal sealed class ClozeCommand(Terminal terminal)
{
    private readonly ClozeOptions _options = new();
    private readonly Argument<string> _model = Options.Model();
    private readonly Option<string[]> _text = Options.Paths("--text", "UTF-8 files; each line that is not blank is a sentence.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new ClozeCommand(terminal);
        ClozeOptions options = verb._options;
        var train = new Command("train", "Learn to foretell each word of a sentence from all words before and after it. An interrupted training saves its best weights so far, and goes on with --resume.");
        foreach (Option option in options.All)
        {
            train.Add(option);
        }

        verb._text.Required = true;
        var evaluate = new Command("evaluate", "Measure how well each word of a text is foretold from the others of its sentence.") { verb._model, verb._text, options.Shared.Threads, options.Json };
        train.SetAction(parsed => new ClozeTraining(options, parsed, terminal).Run());
        evaluate.SetAction(verb.Evaluate);
        return new Command("cloze", "Train and measure models for unfold fill, which see both sides of a gap.") { train, evaluate };
    }

    private int Evaluate(ParseResult parsed)
    {
        using var interruption = new Interruption(terminal);
        var model = ClozeModel.Load(parsed.GetRequiredValue(_model));
        SegmentationNote.Tell(terminal, parsed.GetRequiredValue(_model), model.Vocabulary);
        (Corpus corpus, IReadOnlyList<IReadOnlyList<int>> sentences) = Read(parsed, model.Vocabulary, interruption.Token);
        var workers = Options.Workers(parsed.GetValue(_options.Shared.Threads));
        double sum = 0;
        long tokens = 0, all = sentences.Sum(sentence => (long)sentence.Count);
        using (var progress = new ProgressLine(terminal, "Scoring"))
        {
            foreach (IReadOnlyList<int>[] batch in sentences.Chunk(256))
            {
                interruption.Token.ThrowIfCancellationRequested();
                int own = batch.Sum(sentence => sentence.Count);
                sum += own * model.Measure(batch, workers, interruption.Token);
                tokens += own;
                progress.Show((double)tokens / all);
            }
        }

        double loss = sum / tokens;
        Figure[] figures =
        [
            new("sentences", "sentences", sentences.Count, Figure.Count),
            new("tokens", "tokens", tokens, Figure.Count),
            new("unknown tokens", "unknown_tokens", corpus.UnknownTokens, Figure.Count),
            new("loss", "loss", loss, Figure.Nats),
            new("perplexity", "perplexity", Math.Exp(loss)),
        ];
        Figure.Write(terminal, parsed.GetValue(_options.Json), figures);
        return ExitCode.Done;
    }

    private (Corpus Corpus, IReadOnlyList<IReadOnlyList<int>> Sentences) Read(ParseResult parsed, Vocabulary vocabulary, CancellationToken cancellation)
    {
        TextSource text = TextSource.FromFiles(parsed.GetRequiredValue(_text));
        Corpus corpus = KnownText.Read(terminal, text, vocabulary, cancellation);
        IReadOnlyList<IReadOnlyList<int>> sentences = SentenceList.Of(corpus.Train);
        return sentences.Count > 0 ? (corpus, sentences) : throw new UnfoldException($"The text {text.Name} holds no sentence; at least one was wanted.");
    }
}
