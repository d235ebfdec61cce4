using System.Text;
using Unfold.Experiments.Data;
using Unfold.Experiments.Measures;
using Unfold.Pictures;
using Unfold.Text;

namespace Unfold.Experiments;

/// <summary>
/// How well Chinese is cut into words: the test part of the news of Peking University (SIGHAN bakeoff; Emerson, 2005), 104,372 words.
/// Words of ICU's dictionary alone; before them the words of jieba's small list with their frequencies; or those of the bakeoff's own
/// training part, of which only the list is at hand, all alike frequent. The baseline takes each ideograph for a word. Nothing is learned.
/// </summary>
internal sealed class SegmentationExperiment : Experiment
{
    private const string Jieba = "jieba/dict.txt.small";

    /// <inheritdoc/>
    public override string Name => "segmentation";

    /// <inheritdoc/>
    public override string Summary => "SIGHAN, Peking University: Chinese cut into words by ICU and by lists of words";

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNeeded { get; } = [.. SegmentedLines.Needed, Jieba];

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        SegmentedLines data = SegmentedLines.Read(context.Data);
        string[][] lines = [.. data.Lines.Take(context.Choose(full: int.MaxValue, quick: 200))];
        (string Name, Tokenizer Tokenizer)[] ways =
        [
            ("an ideograph a word", new WordTokenizer(LetterCase.Kept)),
            ("ICU", new SegmentedTokenizer(LetterCase.Kept)),
            ("ICU, jieba's list", new SegmentedTokenizer(LetterCase.Kept, dictionary: WordList.Load(context.Data.Path(Jieba)))),
            ("ICU, training words", new SegmentedTokenizer(LetterCase.Kept, dictionary: TrainingWords(data))),
        ];
        ChunkScore[] scores = [.. ways.Select(way => WordScore.Of(lines, [.. lines.Select(words => way.Tokenizer.Split(string.Concat(words)))]))];
        foreach (((string name, _), ChunkScore score) in ways.Zip(scores))
        {
            context.Report(name, "precision %", 100 * score.Precision, 100 * scores[0].Precision);
            context.Report(name, "recall %", 100 * score.Recall, 100 * scores[0].Recall);
            context.Report(name, "F1 %", 100 * score.F1, 100 * scores[0].F1);
        }

        context.Picture(new BarChart("Chinese cut into words, SIGHAN Peking University", [.. ways.Select(way => way.Name)]) { ValueLabel = "F1 %" }
            .Add("", [.. scores.Select(score => 100 * score.F1)]).ToSvg());
    }

    /// <summary>The list holds words without ideographs and with punctuation too, which are cut by rules.</summary>
    private static WordList TrainingWords(SegmentedLines data) => new(data.TrainingWords
        .Where(word => word.Length <= WordList.MaximumLength && word.EnumerateRunes().Any(IsIdeograph) && word.EnumerateRunes().All(rune => IsIdeograph(rune) || Rune.IsLetterOrDigit(rune)))
        .Distinct()
        .Select(word => KeyValuePair.Create(word, 1L)));

    private static bool IsIdeograph(Rune rune) => rune.Value is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or 0x3007;
}
