using System.Text.RegularExpressions;
using Unfold.Experiments.Data;
using Unfold.Experiments.Measures;
using Unfold.Models;

namespace Unfold.Experiments;

/// <summary>
/// English sentences to Chinese ones (Tatoeba, 20,403 pairs), English word by word and Chinese character by character, by an encoder-decoder
/// with attention (Luong et al., 2015), beside its twin without and beside a table of words (IBM model 1). A tenth of the English sentences, with
/// all their translations, is the test; BLEU-4 counts characters, and each sentence has all its translations as references.
/// </summary>
internal sealed partial class TranslationExperiment : Experiment
{
    private const int Hidden = 256;
    private const int Embedding = 128;

    /// <inheritdoc/>
    public override string Name => "translation";

    /// <inheritdoc/>
    public override string Summary => "English to Chinese (Tatoeba), BLEU; LSTM encoder-decoder with and without attention, and a word table";

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNeeded => Tatoeba.Needed;

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        (TextPair[] learned, TextPair[] test) = TextPair.HoldOut(Tatoeba.Read(context.Data), context.Random.Split(), 0.1);
        (TextPair[] train, TextPair[] validation) = TextPair.HoldOut(learned, context.Random.Split(), 0.05);
        if (context.Quick)
        {
            // The file goes from short to long.
            (train, validation, test) = (Some(train, 20), Some(validation, 10), Some(test, 20));
        }

        IGrouping<string, TextPair>[] sentences = [.. test.GroupBy(pair => pair.Source)];
        string[][] sources = [.. sentences.Select(sentence => Words(sentence.Key))];
        double Score(IReadOnlyList<IReadOnlyList<string>> translations) => Bleu.OfSeveral(
            translations,
            [.. sentences.Select(sentence => (IReadOnlyList<IReadOnlyList<string>>)[.. sentence.Select(pair => SequenceToSequence.Characters(pair.Target))])]).Score;

        WordTable table = WordTable.Train([.. train.Select(pair => (Words(pair.Source), SequenceToSequence.Characters(pair.Target)))]);
        double baseline = Score([.. sources.Select(table.Translate)]);
        context.Report("word table", "BLEU", baseline);
        var search = new DecodingOptions { Beam = 5, LengthNormalization = 1 };
        foreach ((string name, AttentionKind kind) in SequenceToSequence.Attentions.Where(attention => attention.Kind != AttentionKind.Additive))
        {
            EncoderDecoderSettings settings = SequenceToSequence.Settings(CellKind.Lstm, Hidden, Embedding, kind, dropout: 0.3, minimumCount: 2);
            var options = new FitOptions { Epochs = context.Choose(full: 16, quick: 1), BatchSize = 64, LearningRate = 0.003 };
            (EncoderDecoder model, System.Diagnostics.Stopwatch watch) = SequenceToSequence.Fit(
                context, name, [.. train.Select(Pair)], [.. validation.Select(Pair)], settings, options);
            Sequence[] inputs = [.. sources.Select(words => Sequence.OfSymbols(words))];
            double greedy = Score(model.Predict(inputs, workers: context.Workers));
            IReadOnlyList<IReadOnlyList<string>> translations = model.Predict(inputs, search, context.Workers);
            double seconds = watch.Elapsed.TotalSeconds;
            context.Report($"LSTM {Hidden}, {name}, greedy", "BLEU", greedy, baseline, parameters: model.Parameters.ValueCount, seconds: seconds);
            context.Report($"LSTM {Hidden}, {name}, beam {search.Beam}", "BLEU", Score(translations), baseline, parameters: model.Parameters.ValueCount, seconds: seconds);
            for (int i = 0; i < sources.Length; i += Math.Max(1, sources.Length / 8))
            {
                context.Progress($"{sentences[i].Key} -> {string.Concat(translations[i])} ({string.Join(" / ", sentences[i].Select(pair => pair.Target))})");
            }

            if (kind != AttentionKind.None)
            {
                Picture(context, model, sources, translations);
            }
        }
    }

    private static TextPair[] Some(TextPair[] pairs, int every) => [.. pairs.Where((_, place) => place % every == 0)];

    private static SequencePair Pair(TextPair pair) => new(Words(pair.Source), SequenceToSequence.Characters(pair.Target));

    /// <summary>Lower-case words, with the apostrophes inside of them, and each other sign for itself.</summary>
    private static string[] Words(string english) => [.. Word().Matches(english.ToLowerInvariant()).Select(match => match.Value)];

    /// <summary>A sentence of some length, for the eye.</summary>
    private static void Picture(ExperimentContext context, EncoderDecoder model, string[][] sources, IReadOnlyList<IReadOnlyList<string>> translations)
    {
        int example = Enumerable.Range(0, sources.Length).MinBy(i => Math.Abs(sources[i].Length - 9) + Math.Abs(translations[i].Count - 10));
        Hypothesis written = model.Search(Sequence.OfSymbols(sources[example]))[0];
        context.Picture(SequenceToSequence.Picture("Translation: where the decoder looks", sources[example], written).ToSvg());
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]")]
    private static partial Regex Word();
}
