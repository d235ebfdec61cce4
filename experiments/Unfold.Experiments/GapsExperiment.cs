using System.Diagnostics;
using Unfold.Experiments.Data;
using Unfold.Models;
using Unfold.Pictures;
using Unfold.Text;

namespace Unfold.Experiments;

/// <summary>
/// What stands after a word tells of it as much as what stands before: the perplexity of a word in a gap, foretold from both sides (Melamud et al.,
/// 2016), beside that of the same word foretold from the left by a language model of the same cell, width, number of epochs and text.
/// </summary>
/// <remarks>
/// Sentences of Tatoeba, English by word in lower case, Chinese by character, and Chinese by word with all characters written simplified, as the sentences are in
/// both scripts. A tenth of the English sentences with their translations is the test, a twentieth of the rest chooses the epoch; a sentence that is learned is left out of both. What is seen once is
/// unknown. Both measures are over the same tokens, without the ends of sentences.
/// </remarks>
internal sealed class GapsExperiment : Experiment
{
    private const int Width = 128;

    // My telephone is broken, I want to .. a new one: buy.
    private const string Riddle = "我的手机坏了，我打算____一部新手机。", Answer = "买";

    /// <inheritdoc/>
    public override string Name => "gaps";

    /// <inheritdoc/>
    public override string Summary => "A word from both its sides (Tatoeba), perplexity; LSTM cloze model beside a language model";

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNeeded => Tatoeba.Needed;

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        (TextPair[] learned, TextPair[] test) = TextPair.HoldOut(Tatoeba.Read(context.Data), context.Random.Split(), 0.1);
        (TextPair[] train, TextPair[] validation) = TextPair.HoldOut(learned, context.Random.Split(), 0.05);
        (string Name, TokenKind Kind, Func<TextPair, string> Side)[] languages =
        [
            ("English words", TokenKind.Word, pair => pair.Source.ToLowerInvariant()),
            ("Chinese characters", TokenKind.Character, pair => pair.Target),
            ("Chinese words", TokenKind.Segmented, pair => pair.Target),
        ];
        var chart = new BarChart("Tatoeba: perplexity of a word", [.. languages.Select(language => language.Name)]) { ValueLabel = "perplexity" };
        double[] left = new double[languages.Length], both = new double[languages.Length];
        for (int i = 0; i < languages.Length; i++)
        {
            (string name, TokenKind kind, Func<TextPair, string> side) = languages[i];
            using SimplifiedChinese? simplified = kind == TokenKind.Segmented ? new SimplifiedChinese() : null;
            TextSource Text(TextPair[] pairs, TextPair[] known, string part)
            {
                IEnumerable<string> Sides(TextPair[] all) => all.Select(pair => simplified is null ? side(pair) : simplified.Of(side(pair)));
                return TextSource.FromString(string.Join('\n', Thinned(context, Sides(pairs).Except(Sides(known), StringComparer.Ordinal))), $"{name}, {part}");
            }

            var options = new CorpusOptions { Kind = kind, LetterCase = LetterCase.Lowered, Mode = TextMode.Sentences, MinimumCount = 2 };
            Corpus corpus = Corpus.Load(Text(train, [], "training"), options, Text(validation, train, "validation"));
            Corpus tested = Corpus.Load(Text(test, learned, "test"), options, vocabulary: corpus.Vocabulary);
            (left[i], both[i]) = Compare(context, name, corpus, SentenceList.Of(tested.Train));
        }

        context.Picture(chart.Add("from the left", left).Add("from both sides", both).ToSvg());
    }

    /// <summary>In a quick run a part of them, as the file goes from short to long.</summary>
    private static IEnumerable<string> Thinned(ExperimentContext context, IEnumerable<string> lines) => lines.Where((_, place) => place % context.Choose(1, 12) == 0);

    private static (double Left, double Both) Compare(ExperimentContext context, string name, Corpus corpus, IReadOnlyList<IReadOnlyList<int>> test)
    {
        int epochs = context.Choose(full: 10, quick: 4);
        var watch = Stopwatch.StartNew();
        LanguageModel language = Learn(context, name, corpus, epochs);
        double left = Math.Exp(-test.Sum(sentence => LogProbability(language, sentence)) / test.Sum(sentence => sentence.Count));
        context.Report($"LSTM {Width} from the left, {name}", "perplexity", left, parameters: language.Parameters.ValueCount, seconds: watch.Elapsed.TotalSeconds);

        watch.Restart();
        var settings = new SequenceEncoderSettings { Hidden = Width, Embedding = Width, Dropout = 0.3 };
        var options = new FitOptions
        {
            Epochs = epochs,
            LearningRate = 0.003,
            Workers = context.Workers,
            Progress = progress => Told(context, name, progress),
        };
        ClozeModel cloze = ClozeModel.Fit(SentenceList.Of(corpus.Train), corpus.Vocabulary, settings, options, SentenceList.Of(corpus.Validation));
        double both = Math.Exp(cloze.Measure(test, context.Workers));
        context.Report($"LSTM {Width} from both sides, {name}", "perplexity", both, baseline: left, parameters: cloze.Parameters.ValueCount, seconds: watch.Elapsed.TotalSeconds);
        if (corpus.Vocabulary.Kind == TokenKind.Segmented)
        {
            Solve(context, cloze);
        }

        return (left, both);
    }

    /// <summary>What stands in the gap of the riddle, and how probable its answer is.</summary>
    private static void Solve(ExperimentContext context, ClozeModel model)
    {
        var gap = GapText.Parse(Riddle, model.Vocabulary);
        double[] probabilities = model.Probabilities(gap.Before, gap.After);
        IEnumerable<string> likely = Enumerable.Range(0, probabilities.Length).OrderByDescending(token => probabilities[token]).Take(5)
            .Select(token => FormattableString.Invariant($"{model.Vocabulary[token]} {probabilities[token]:0.000}"));
        context.Progress($"{Riddle} {string.Join(", ", likely)}");
        int answer = model.Vocabulary.IdOf(Answer);
        if (answer == Vocabulary.UnknownId)
        {
            context.Progress($"{Answer} is no word of the training part");
            return;
        }

        context.Report($"{Answer} in {Riddle}", "probability", probabilities[answer]);
    }

    private static void Told(ExperimentContext context, string name, FitProgress progress)
    {
        if (progress.Done == 1)
        {
            context.Progress(FormattableString.Invariant($"both sides, {name}: epoch {progress.Epoch}, loss {progress.TrainingLoss:0.0000}"));
        }
    }

    /// <summary>A language model over the sentences one after the other, with the weights of the epoch that is best on the validation part.</summary>
    private static LanguageModel Learn(ExperimentContext context, string name, Corpus corpus, int epochs)
    {
        var settings = new LanguageModelSettings { Hidden = Width, Embedding = Width, Dropout = 0.3 };
        var training = new TrainingSettings { BatchSize = 20, SequenceLength = 20, Epochs = epochs, LearningRate = 0.003 };
        var model = new LanguageModel(settings, corpus.Vocabulary, context.Random.Split());
        return LanguageFit.Run(context, $"from the left, {name}", model, training, corpus.Train, corpus.Validation).Model;
    }

    private static double LogProbability(LanguageModel model, IReadOnlyList<int> sentence)
    {
        LanguageModelSession session = model.StartLine();
        double sum = 0;
        foreach (int token in sentence)
        {
            sum += session.LogProbability(token);
            session.Feed(token);
        }

        return sum;
    }
}
