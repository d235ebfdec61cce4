using System.Diagnostics;
using Unfold.Experiments.Data;
using Unfold.Experiments.Measures;
using Unfold.Models;
using Unfold.Pictures;

namespace Unfold.Experiments;

/// <summary>
/// Where do the phrases of a sentence begin and end, and of what kind are they? (CoNLL-2000; Tjong Kim Sang and Buchholz): 8,936
/// sentences to learn from and 2,012 to test, F1 over whole phrases by the rules of conlleval. Published with random word vectors and features of
/// spelling and context: LSTM 92.88, bidirectional LSTM 93.64, with a random field on top of it 94.13 (Huang, Xu and Yu, 2015). The
/// baseline gives each part of speech its commonest chunk: 77.07.
/// </summary>
/// <remarks>
/// Settings were chosen by the bidirectional LSTM's F1 on the last tenth of the training part: 100 units, dropout 0.4 and suffixes of three
/// letters 93.04; 128 units, dropout 0.5 and suffixes of two letters too 93.23; pairs of parts of speech too 93.80. The loss there was lowest after
/// five or six of seven epochs and rose by less than 2% after it, so seven epochs over the whole training part are learned in the end. There is no
/// random field on top: each word's chunk is chosen by itself, given the whole sentence.
/// </remarks>
internal sealed class ChunkingExperiment : Experiment
{
    private static readonly string[] Kinds = ["NP", "VP", "PP", "ADVP", "SBAR", "ADJP", "PRT"];

    /// <inheritdoc/>
    public override string Name => "chunking";

    /// <inheritdoc/>
    public override string Summary => "CoNLL-2000: the phrases of sentences; LSTM in one direction and in two";

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNeeded => Chunking.Needed;

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        Chunking chunking = Chunking.Read(context.Data);
        TaggedSequence[] train = [.. chunking.Train.Take(context.Choose(full: int.MaxValue, quick: 300)).Select(Example)];
        TaggedSequence[] test = [.. chunking.Test.Take(context.Choose(full: int.MaxValue, quick: 200)).Select(Example)];
        var commonest = new CommonestChunk(chunking.Train);
        IReadOnlyList<string>[] guessed = [.. chunking.Test.Take(test.Length).Select(sentence => commonest.Predict(sentence))];
        double baseline = Score(test, guessed);
        context.Report("commonest chunk of the part of speech", "F1 %", baseline, published: 77.07);

        BarChart chart = new("CoNLL-2000: F1 by the kind of the phrase", Kinds) { ValueLabel = "F1, %" };
        foreach ((string model, Reading reading, double published) in new[] { ("LSTM 128", Reading.Forward, 92.88), ("bidirectional LSTM 128", Reading.Bidirectional, 93.64) })
        {
            var watch = Stopwatch.StartNew();
            SequenceTagger tagger = Fit(context, train, model, reading);
            IReadOnlyList<string>[] answered = [.. tagger.Predict([.. test.Select(sentence => sentence.Input)], context.Workers).Select(Labels)];
            double seconds = watch.Elapsed.TotalSeconds;
            context.Report(model, "F1 %", Score(test, answered), baseline, published, tagger.Parameters.ValueCount, seconds);
            chart.Add(model, [.. Kinds.Select(kind => Score(test, answered, kind))]);
        }

        context.Picture(chart.ToSvg());
    }

    private static SequenceTagger Fit(ExperimentContext context, TaggedSequence[] train, string model, Reading reading) => SequenceTagger.Fit(
        train,
        new SequenceEncoderSettings
        {
            Cell = CellKind.Lstm,
            Hidden = 128,
            Reading = reading,
            Embedding = 64,
            FurtherEmbedding = 32,
            MinimumCount = 2,
            Dropout = 0.5,
        },
        new FitOptions
        {
            Epochs = context.Choose(full: 7, quick: 6),
            BatchSize = 32,
            LearningRate = 0.003,
            Schedule = ScheduleKind.Cosine,
            Seed = context.Random.NextUInt64(),
            Workers = context.Workers,
            Progress = context.EachEpoch(model),
        });

    /// <summary>Words, their parts of speech, each also in a pair with the one before and the one behind, how the words are written, and their last three and two letters.</summary>
    private static TaggedSequence Example(ChunkToken[] sentence)
    {
        string[] words = [.. sentence.Select(token => token.Word)];
        string[] tags = [.. sentence.Select(token => token.Tag)];
        string[] before = [.. tags.Select((tag, i) => $"{(i == 0 ? "^" : tags[i - 1])} {tag}")];
        string[] behind = [.. tags.Select((tag, i) => $"{tag} {(i == tags.Length - 1 ? "$" : tags[i + 1])}")];
        return new TaggedSequence(
            Sequence.OfSymbols(WordColumns.Lower(words), tags, before, behind, WordColumns.Shapes(words), WordColumns.Suffixes(words, 3), WordColumns.Suffixes(words, 2)),
            [.. sentence.Select(token => token.Chunk)]);
    }

    private static IReadOnlyList<string> Labels(IReadOnlyList<Classification> sentence) => [.. sentence.Select(token => token.Label)];

    private static double Score(TaggedSequence[] wanted, IReadOnlyList<string>[] answered) =>
        100 * ChunkScore.Of([.. wanted.Select(sentence => sentence.Labels)], answered).F1;

    /// <summary>The score of one kind of phrases by itself.</summary>
    private static double Score(TaggedSequence[] wanted, IReadOnlyList<string>[] answered, string kind)
    {
        IReadOnlyList<string> Only(IReadOnlyList<string> tags) => [.. tags.Select(tag => tag.EndsWith($"-{kind}", StringComparison.Ordinal) ? tag : "O")];
        return 100 * ChunkScore.Of([.. wanted.Select(sentence => Only(sentence.Labels))], [.. answered.Select(Only)]).F1;
    }
}
