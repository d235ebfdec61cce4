using Unfold.Experiments.Data;
using Unfold.Models;
using Unfold.Scoring;
using Unfold.Text;

namespace Unfold.Experiments;

/// <summary>
/// How likely is a line that stands alone? Networks that learned streams have hardly ever begun at a state of zeros: a line that does is beside one that
/// begins in the state in which lines end (<see cref="LanguageModel.LineEnd"/>), and beside the same line inside a text.
/// </summary>
/// <remarks>English sentences of Tatoeba by character, each once, in an order drawn from the seed: the last tenth is the test, the twentieth before it the validation part.</remarks>
internal sealed class LinesExperiment : Experiment
{
    private const int Width = 128;

    /// <inheritdoc/>
    public override string Name => "lines";

    /// <inheritdoc/>
    public override string Summary => "lines alone and in a text (Tatoeba), nats a character; LSTM and GRU that learned streams or windows";

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNeeded => Tatoeba.Needed;

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        string[] all = Chance.Shuffle(context.Random.Split(), [.. Tatoeba.Read(context.Data).Select(pair => pair.Source).Distinct(StringComparer.Ordinal)]);
        int test = all.Length - (all.Length / 10), validation = test - (all.Length / 20);
        Corpus corpus = Corpus.Load(Text(all[..validation]), new CorpusOptions(), Text(all[validation..test]));
        Study(context, "LSTM 128, streams", corpus, all[test..], new LanguageModelSettings { Hidden = Width }, Batching.Stream);
        Study(context, "LSTM 128, windows", corpus, all[test..], new LanguageModelSettings { Hidden = Width }, Batching.Windows);
        Study(context, "LSTM 2 x 128, streams", corpus, all[test..], new LanguageModelSettings { Hidden = Width, Layers = 2 }, Batching.Stream);
        Study(context, "GRU 128, streams", corpus, all[test..], new LanguageModelSettings { Cell = CellKind.Gru, Hidden = Width }, Batching.Stream);
    }

    private static void Study(ExperimentContext context, string name, Corpus corpus, string[] test, LanguageModelSettings shape, Batching batching)
    {
        var model = new LanguageModel(shape, corpus.Vocabulary, context.Random.Split());
        var training = new TrainingSettings
        {
            Epochs = context.Choose(full: 8, quick: 4),
            BatchSize = context.Choose(full: 50, quick: 10),
            SequenceLength = 50,
            LearningRate = 0.005,
            Schedule = ScheduleKind.Cosine,
            Batching = batching,
            Seed = context.Random.NextUInt64(),
        };
        LanguageFit fit = LanguageFit.Run(context, name, model, training, corpus.Train, corpus.Validation);
        Corpus tested = Corpus.Load(Text(["", .. test]), new CorpusOptions { ValidationFraction = 0 }, vocabulary: corpus.Vocabulary);

        // The line feed at its beginning is only read, so the same characters count in all three.
        double inText = LanguageModelScorer.Score(model, tested.Train, context.Workers).Loss;
        context.Report(name, "nats in a text", inText, parameters: model.Parameters.ValueCount, seconds: fit.Seconds);
        context.Report(name, "nats alone", Alone(context, model, test), baseline: inText);
        model.LineEnd = null;
        context.Report(name, "nats alone, from zeros", Alone(context, model, test), baseline: inText);
    }

    private static double Alone(ExperimentContext context, LanguageModel model, string[] lines)
    {
        IReadOnlyList<SentenceScore> scores = new SentenceScorer(model, context.Workers).Score(lines);
        return -scores.Sum(score => score.Total) / scores.Sum(score => score.Tokens.Count);
    }

    private static TextSource Text(string[] lines) => TextSource.FromString(string.Concat(lines.Select(line => line + "\n")));
}
