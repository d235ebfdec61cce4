using Unfold.Experiments.Data;
using Unfold.Text;

namespace Unfold.Tests.Experiments.Data;

/// <summary>The published sizes of the real data.</summary>
public sealed class RealDataTests
{
    [Fact]
    public void There_are_10000_digits()
    {
        Digit[] digits = Digits.Read(RealData.Folder(Digits.Needed));
        Assert.Equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], digits.CountBy(digit => digit.Label).OrderBy(pair => pair.Key).Select(pair => pair.Value));
    }

    [Fact]
    public void There_are_20050_names_of_18_languages()
    {
        Names names = Names.Read(RealData.Folder(Names.Needed));
        Assert.Equal((18, 20_050), (names.Languages.Count, names.All.Count));
        Assert.Equal("Russian", names.Languages[names.All.CountBy(name => name.Language).MaxBy(pair => pair.Value).Key]);
    }

    [Fact]
    public void The_news_of_Peking_University_have_104372_words_in_1944_lines()
    {
        SegmentedLines news = SegmentedLines.Read(RealData.Folder(SegmentedLines.Needed));
        Assert.Equal((1_944, 104_372, 55_303), (news.Lines.Count, news.Lines.Sum(line => line.Length), news.TrainingWords.Distinct().Count()));
        Assert.Equal(172_733, news.Lines.Sum(line => line.Sum(word => word.EnumerateRunes().Count())));
    }

    [Fact]
    public void There_are_382_chorales()
    {
        Chorales chorales = Chorales.Read(RealData.Folder(Chorales.Needed));
        Assert.Equal((229, 76, 77), (chorales.Train.Count, chorales.Validation.Count, chorales.Test.Count));
        Assert.Equal((13_807, 4_602, 4_725), (Frames(chorales.Train), Frames(chorales.Validation), Frames(chorales.Test)));
        Assert.Equal((53_824, 17_811, 18_367), (Notes(chorales.Train), Notes(chorales.Validation), Notes(chorales.Test)));
        static int Frames(IEnumerable<Chorale> pieces) => pieces.Sum(piece => piece.Notes.Length);
        static int Notes(IEnumerable<Chorale> pieces) => pieces.Sum(piece => piece.Notes.Sum(step => step.Length));
    }

    [Fact]
    public void The_chunking_task_has_8936_and_2012_sentences()
    {
        Chunking chunking = Chunking.Read(RealData.Folder(Chunking.Needed));
        Assert.Equal((8_936, 2_012), (chunking.Train.Count, chunking.Test.Count));
        Assert.Equal((211_727, 47_377), (chunking.Train.Sum(sentence => sentence.Length), chunking.Test.Sum(sentence => sentence.Length)));
    }

    [Fact]
    public void There_are_5952_questions_of_50_kinds()
    {
        Questions questions = Questions.Read(RealData.Folder(Questions.Needed));
        Assert.Equal((5_452, 500), (questions.Train.Count, questions.Test.Count));
        Assert.Equal((6, 50), (questions.Train.Select(question => question.Coarse).Distinct().Count(), questions.Train.Select(question => question.Fine).Distinct().Count()));
    }

    [Fact]
    public void There_are_5331_reviews_of_each_kind()
    {
        Review[] reviews = Polarity.Read(RealData.Folder(Polarity.Needed));
        Assert.Equal((5_331, 5_331), (reviews.Count(review => review.Class == 1), reviews.Count(review => review.Class == 0)));
    }

    [Fact]
    public void There_are_640_vowels_of_9_speakers()
    {
        Vowels vowels = Vowels.Read(RealData.Folder(Vowels.Needed));
        Assert.Equal(Enumerable.Repeat(30, 9), vowels.Train.CountBy(utterance => utterance.Speaker).OrderBy(pair => pair.Key).Select(pair => pair.Value));
        Assert.Equal([31, 35, 88, 44, 29, 24, 40, 50, 29], vowels.Test.CountBy(utterance => utterance.Speaker).OrderBy(pair => pair.Key).Select(pair => pair.Value));
        Assert.Equal((4_274, 5_687), (vowels.Train.Sum(utterance => utterance.Frames.Length), vowels.Test.Sum(utterance => utterance.Frames.Length)));
        Assert.Equal((7, 29), (vowels.Test.Min(utterance => utterance.Frames.Length), vowels.Test.Max(utterance => utterance.Frames.Length)));
    }

    [Fact]
    public void The_treebank_has_1085779_words_and_ends_of_sentences()
    {
        TextParts treebank = Treebank.Read(RealData.Folder(Treebank.Needed));
        Assert.Equal(9_998 + Vocabulary.SpecialCount, treebank.Vocabulary.Count);
        Assert.Equal((929_589, 73_760 + 1, 82_430 + 1), (treebank.Train.Count, treebank.Validation.Count, treebank.Test.Count));
    }

    [Fact]
    public void There_are_20403_translations()
    {
        TextPair[] pairs = Tatoeba.Read(RealData.Folder(Tatoeba.Needed));
        Assert.Equal(20_403, pairs.Length);
        Assert.Equal(new TextPair("Run.", "你用跑的。"), pairs[2]);
    }

    [Fact]
    public void The_series_have_144_2820_and_3650_values()
    {
        DataFolder folder = RealData.Folder([MeasuredSeries.AirlineFile, MeasuredSeries.SunspotsFile, MeasuredSeries.TemperaturesFile]);
        MeasuredSeries airline = MeasuredSeries.Airline(folder);
        Assert.Equal((144, 112, 432), (airline.Values.Length, airline.Values[0], airline.Values[^1]));
        Assert.Equal((2_820, "1983-12"), (MeasuredSeries.Sunspots(folder).Values.Length, MeasuredSeries.Sunspots(folder).Times[^1]));
        Assert.Equal((3_650, 13.0), (MeasuredSeries.Temperatures(folder).Values.Length, MeasuredSeries.Temperatures(folder).Values[^1]));
    }

    [Fact]
    public void The_transformer_has_17420_hours()
    {
        TransformerHours hours = TransformerHours.Read(RealData.Folder(TransformerHours.Needed));
        Assert.Equal((17_420, new DateTime(2018, 6, 26, 19, 0, 0)), (hours.Values.Length, hours.Times[^1]));
        Assert.Equal(30.531f, hours.Values[0][6], 4);
    }
}
