using System.Diagnostics;
using Unfold.Channels;
using Unfold.Experiments.Data;
using Unfold.Models;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Rescoring;
using Unfold.Text;

namespace Unfold.Experiments;

/// <summary>
/// Which of a hundred hypotheses is right? Sentences of the Penn Treebank go through a noisy channel, once word by word into words that sound
/// alike, once letter by letter into neighbours on the keyboard; Chinese sentences of Tatoeba do character by character, into others that look
/// alike. The lists that the channel leaves are rescored by n-grams, an LSTM, and a mixture of both, with weights tuned on the validation part.
/// </summary>
/// <remarks>
/// The baseline is the first hypothesis of each list: the likeliest by the channel and the frequency of single words or characters. Of the distinct
/// Chinese sentences, in an order drawn from the seed, the last tenth is the test and the twentieth before it the validation part.
/// </remarks>
internal sealed class RescoringExperiment : Experiment
{
    private const string Train = "ptb/ptb.train.txt", Validation = "ptb/ptb.valid.txt", Test = "ptb/ptb.test.txt";

    /// <inheritdoc/>
    public override string Name => "rescoring";

    /// <inheritdoc/>
    public override string Summary => "n-best lists of a noisy channel (Penn Treebank, Tatoeba), word and character error rates with n-grams, an LSTM and both";

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNeeded => [Train, Validation, Test, .. Tatoeba.Needed];

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        var treebank = new Sentences(Lines(context, Train), Lines(context, Validation), Lines(context, Test));
        ErrorMeasure[] both = [ErrorMeasure.Words, ErrorMeasure.Characters];
        Run(context, treebank, new("words that sound alike", TokenKind.Space, ErrorMeasure.Words, both, Order: 5, Rate: 0.15, Lists: 500, Words(context), counts => WordConfusions.Of(counts)));
        Run(context, treebank, new("neighbours on the keyboard", TokenKind.Character, ErrorMeasure.Characters, both, Order: 7, Rate: 0.015, Lists: 500, Letters(context), _ => KeyboardConfusions.All()));

        // Chinese has no white space, so a sentence would be one word; sentences are short, and few characters look like another.
        Run(context, Chinese(context), new("characters that look alike", TokenKind.Character, ErrorMeasure.Characters, [ErrorMeasure.Characters], Order: 3, Rate: 0.4, Lists: 2000, Ideographs(context), _ => ShapeConfusions.All()));
    }

    /// <summary>That of the treebank's table of words, but for longer windows and dropped recurrent weights.</summary>
    private static (LanguageModelSettings Model, TrainingSettings Training) Words(ExperimentContext context) => Tied(context, layers: 2, dropout: 0.1, weightDropout: 0.2, epochs: 8);

    /// <summary>The validation perplexity is 25.3; it was 47.6 by Adam after 8 epochs, 30.5 by descent in as many, and 26.0 after 16 with dropout 0.3 and weights dropped by 0.2.</summary>
    private static (LanguageModelSettings Model, TrainingSettings Training) Ideographs(ExperimentContext context) => Tied(context, layers: 1, dropout: 0.2, weightDropout: 0.3, epochs: 24);

    /// <summary>The validation perplexity is 2.74; an LSTM of one layer of 200 had 3.38 after two epochs.</summary>
    private static (LanguageModelSettings Model, TrainingSettings Training) Letters(ExperimentContext context) => (
        new LanguageModelSettings { Layers = 2, Hidden = context.Choose(full: 256, quick: 32), Dropout = 0.1 },
        new TrainingSettings { BatchSize = 20, SequenceLength = 64, LearningRate = 0.005, Schedule = ScheduleKind.Cosine, Epochs = context.Choose(full: 5, quick: 1) });

    private static (LanguageModelSettings Model, TrainingSettings Training) Tied(ExperimentContext context, int layers, double dropout, double weightDropout, int epochs)
    {
        (LanguageModelSettings model, TrainingSettings training) = TreebankRecipe.Plain(context, context.Choose(full: 200, quick: 32), length: 35, context.Choose(epochs, 1));
        return (model with { Layers = layers, Dropout = dropout, WeightDropout = weightDropout }, training);
    }

    private static void Run(ExperimentContext context, Sentences sentences, Task task)
    {
        string[] train = [.. sentences.Train.Take(context.Choose(full: int.MaxValue, quick: 1500))];
        string[] validation = [.. sentences.Validation.Take(context.Choose(full: int.MaxValue, quick: 100))], test = sentences.Test;
        IReadOnlyDictionary<string, long> counts = ConfusionChannel.Count(train, task.Symbols);
        var channel = new ConfusionChannel(new ConfusionTable(task.Confusions(counts), task.Rate), task.Symbols, counts);
        SeededRandom noise = context.Random.Split();
        NBestList[] development = Lists(channel, [.. validation.Take(context.Choose(full: 300, quick: 20))], noise, context), lists = Lists(channel, [.. test.Take(context.Choose(full: task.Lists, quick: 20))], noise, context);

        Corpus corpus = Corpus.Load(TextSource.FromString(string.Join('\n', train)), new CorpusOptions { Kind = task.Kind, Mode = TextMode.Sentences });
        Corpus heldOut = Corpus.Load(TextSource.FromString(string.Join('\n', validation)), new CorpusOptions(), vocabulary: corpus.Vocabulary);
        NGramModel counted = NGramTrainer.Train(corpus.Train, corpus.Vocabulary, new NGramOptions { Order = task.Order }).Model;
        context.Progress($"{task.Name}: {task.Order}-grams estimated");
        (LanguageModel recurrent, _, _, double seconds) = Learn(context, task, corpus, heldOut);
        MixtureModel both = new MixtureModel(recurrent, counted, 0.5).Tune(heldOut.Train);
        context.Progress(FormattableString.Invariant($"{task.Name}: the LSTM's share of the mixture is {both.Weight:0.###}"));

        (NextTokenModel? Model, string Name, long? Parameters, double? Seconds)[] models =
        [
            (null, "first hypothesis", null, null),
            (counted, $"{task.Order}-grams", null, null),
            (recurrent, $"LSTM {(recurrent.Settings.Layers > 1 ? $"{recurrent.Settings.Layers} x " : "")}{recurrent.Settings.Hidden[0]}", recurrent.Parameters.ValueCount, seconds),
            (both, "both", null, null),
        ];
        ErrorCount[][] before = [.. task.Measures.Select(measure => Counts(lists, measure, _ => 0))];
        foreach ((NextTokenModel? model, string name, long? parameters, double? taken) in models)
        {
            int[] chosen = model is null ? new int[lists.Length] : Choose(context, task, model, name, development, lists);
            foreach ((ErrorMeasure measure, ErrorCount[] first) in task.Measures.Zip(before))
            {
                string what = measure == ErrorMeasure.Words ? "word error rate %" : "character error rate %";
                var rate = ErrorRate.Of(Counts(lists, measure, list => chosen[list]), new SeededRandom(1));
                double baseline = ErrorRate.Of(first, new SeededRandom(1)).Rate;
                context.Report($"{task.Name}: {name}", what, 100 * rate.Rate, model is null ? null : 100 * baseline, parameters: parameters, seconds: taken);
                context.Report($"{task.Name}: {name}", $"{what}, low", 100 * rate.Low);
                context.Report($"{task.Name}: {name}", $"{what}, high", 100 * rate.High);
            }
        }

        foreach (ErrorMeasure measure in task.Measures)
        {
            ErrorCount[] possible = Counts(lists, measure, list => Fewest(lists[list], measure));
            context.Report($"{task.Name}: best of each list", measure == ErrorMeasure.Words ? "word error rate %" : "character error rate %", 100 * ErrorRate.Of(possible, new SeededRandom(1)).Rate);
        }
    }

    private static string[] Lines(ExperimentContext context, string file) =>
        [.. DataFile.Utf8Lines(context.Data.Path(file)).Select(line => line.Text.Trim()).Where(line => line.Length > 0)];

    private static Sentences Chinese(ExperimentContext context)
    {
        // The file goes from short to long.
        string[] all = Chance.Shuffle(context.Random.Split(), [.. Tatoeba.Read(context.Data).Select(pair => pair.Target).Distinct(StringComparer.Ordinal)]);
        int test = all.Length - (all.Length / 10), validation = test - (all.Length / 20);
        return new Sentences(all[..validation], all[validation..test], all[test..]);
    }

    private static NBestList[] Lists(ConfusionChannel channel, string[] lines, SeededRandom random, ExperimentContext context) =>
        [.. lines.Select((line, number) => channel.List($"{number}", channel.Observe(line, random), context.Choose(full: 100, quick: 20), line))];

    private static LanguageFit Learn(ExperimentContext context, Task task, Corpus corpus, Corpus heldOut)
    {
        var model = new LanguageModel(task.Recipe.Model, corpus.Vocabulary, new SeededRandom(context.Random.NextUInt64()));
        TrainingSettings training = task.Recipe.Training with { Seed = context.Random.NextUInt64() };
        return LanguageFit.Run(context, task.Name, model, training, corpus.Train, heldOut.Train);
    }

    private static int[] Choose(ExperimentContext context, Task task, NextTokenModel model, string name, NBestList[] development, NBestList[] lists)
    {
        IReadOnlyList<ScoredList> known = Rescorer.Score(model, development, context.Workers);
        (RescoringWeights weights, _) = RescoringTuner.Tune(known, task.Symbols);
        var watch = Stopwatch.StartNew();
        IReadOnlyList<ScoredList> scored = Rescorer.Score(model, lists, context.Workers);
        double speed = lists.Sum(list => list.Hypotheses.Count) / watch.Elapsed.TotalSeconds;
        context.Progress(FormattableString.Invariant($"{task.Name}: {name}: weight {weights.Model:0.###}, penalty {weights.Insertion:0.###}, {speed:0} hypotheses a second"));
        return [.. scored.Select(list => list.Best(weights))];
    }

    private static ErrorCount[] Counts(NBestList[] lists, ErrorMeasure measure, Func<int, int> chosen) =>
        [.. lists.Select((list, number) => ErrorCount.Of(list.Reference!, list.Hypotheses[chosen(number)].Text, measure))];

    private static int Fewest(NBestList list, ErrorMeasure measure) =>
        Enumerable.Range(0, list.Hypotheses.Count).MinBy(place => ErrorCount.Of(list.Reference!, list.Hypotheses[place].Text, measure).Errors);

    /// <summary>What is learned from, what is tuned on, and what is measured.</summary>
    private sealed record Sentences(string[] Train, string[] Validation, string[] Test);

    /// <summary>A channel, how often it errs, the errors that are counted, how many lists are measured, and the models that fit it: the order of n-grams, and an LSTM with the way in which it learns.</summary>
    private sealed record Task(
        string Name,
        TokenKind Kind,
        ErrorMeasure Symbols,
        ErrorMeasure[] Measures,
        int Order,
        double Rate,
        int Lists,
        (LanguageModelSettings Model, TrainingSettings Training) Recipe,
        Func<IReadOnlyDictionary<string, long>, IEnumerable<(string Symbol, string Observed, double Weight)>> Confusions);
}
