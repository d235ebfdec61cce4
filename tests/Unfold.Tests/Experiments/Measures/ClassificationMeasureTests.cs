using Unfold.Experiments.Data;
using Unfold.Experiments.Measures;
using Unfold.Numerics;
using Unfold.Tests.Pictures;
using Unfold.Tests.Support;

namespace Unfold.Tests.Experiments.Measures;

public sealed class ClassificationMeasureTests
{
    [Fact]
    public void Features_are_all_runs()
    {
        Assert.Equal(["a", "b", "c", "a b", "b c"], Features.WordGrams(["a", "b", "c"], 2));
        Assert.Equal(["^L", "Li", "i$", "^Li", "Li$"], Features.LetterGrams("Li", 2, 3));
    }

    [Fact]
    public void Naive_bayes_follows_its_equation()
    {
        Labelled[] train = [new(["a", "b", "a"], 0), new(["a", "c"], 1), new(["c", "d"], 1)];
        NaiveBayes model = NaiveBayes.Train(train, 2);

        // By hand, V = 4: class 0 has n = 2, class 1 has n = 4. For a: 1/3 * 2/6 against 2/3 * 2/8; for a and b: 1/3 * 2/6 * 2/6 against
        // 2/3 * 2/8 * 1/8; the repeated a counts once, and an unseen feature 1/6 against 1/8.
        Assert.Equal(1, model.Predict(["a"]));
        Assert.Equal(0, model.Predict(["a", "b"]));
        Assert.Equal(1, model.Predict(["a", "a", "a"]));
        Assert.Equal(1, model.Predict(["a", "x"]));
        Assert.Equal(0, model.Predict(["a", "x", "y"]));
        Assert.Equal(1, model.Predict([]));
        Close.Equal(2 / 3.0, model.Accuracy([new(["a", "b"], 0), new(["c"], 1), new(["c"], 0)]), 0, 1e-12, "two of three");
    }

    [Fact]
    public void Each_item_is_tested_once_and_never_learned_from_then()
    {
        IReadOnlyList<Fold> folds = Folds.Of(new SeededRandom(1), 23, 5);
        Assert.Equal(Enumerable.Range(0, 23), folds.SelectMany(fold => fold.Test).Order());
        Assert.All(folds, fold => Assert.Equal(Enumerable.Range(0, 23), fold.Train.Concat(fold.Test).Order()));
        Assert.Equal([5, 5, 5, 4, 4], folds.Select(fold => fold.Test.Length));
        Assert.Equal(folds[2].Test, Folds.Of(new SeededRandom(1), 23, 5)[2].Test);
        Assert.NotEqual(folds[2].Test, Folds.Of(new SeededRandom(2), 23, 5)[2].Test);
        Assert.Throws<ArgumentOutOfRangeException>(() => Folds.Of(new SeededRandom(1), 4, 5));
    }

    [Fact]
    public void The_majority_is_answered_always()
    {
        Assert.Equal("b", Majority.Of(["a", "b", "b"]));
        Close.Equal(0.25, Majority.Accuracy(["a", "b", "b"], ["a", "a", "b", "c"]), 0, 1e-12, "one of four");
    }

    [Fact]
    public void A_confusion_table_counts_rows_of_what_is()
    {
        var table = new ConfusionTable(["x", "y", "z"]);
        foreach ((int actual, int predicted) in ((int, int)[])[(0, 0), (0, 0), (0, 1), (0, 2), (1, 1)])
        {
            table.Add(actual, predicted);
        }

        Assert.Equal((5, 2, 1, 0), (table.Total, table.Count(0, 0), table.Count(0, 2), table.Count(2, 0)));
        Close.Equal([0.6, 0.5, 1, 0.75], new[] { table.Accuracy, table.Recall(0), table.Recall(1), table.BalancedAccuracy }, 0, 1e-12, "shares");
        Assert.True(double.IsNaN(table.Recall(2)));
        var picture = new SvgPicture(table.ToHeatMap("confusions").ToSvg());
        Assert.Contains(picture.All("rect"), cell => cell.Value == "x / z: 0.25");
        Assert.DoesNotContain(picture.All("rect"), cell => cell.Value.StartsWith("z /", StringComparison.Ordinal));
    }

    [Fact]
    public void Exact_match_is_all_or_nothing()
    {
        Close.Equal(0.5, ExactMatch.Share(["ab", "cd"], ["ab", "ce"]), 0, 1e-12, "one of two");
        Assert.Throws<ArgumentException>(() => ExactMatch.Share(["ab"], []));
    }

    [Theory]
    [InlineData(1, 0.760)]
    [InlineData(2, 0.856)]
    public void The_questions_have_the_known_floors(int longest, double known)
    {
        Questions questions = Questions.Read(RealData.Folder(Questions.Needed));
        string[] kinds = [.. questions.Train.Select(question => question.Coarse).Distinct().Order(StringComparer.Ordinal)];
        Labelled Of(Question question) => new(Features.WordGrams(question.Words, longest), Array.IndexOf(kinds, question.Coarse));
        NaiveBayes model = NaiveBayes.Train(questions.Train.Select(Of), kinds.Length);
        Close.Equal(known, model.Accuracy([.. questions.Test.Select(Of)]), 0, 1e-9, "naive Bayes");
        Close.Equal(0.276, Majority.Accuracy(questions.Test.Select(question => question.Coarse), [.. questions.Test.Select(question => question.Coarse)]), 0, 5e-4, "the commonest kind of the test part");
    }

    [Theory]
    [InlineData(1, 0.779)]
    [InlineData(2, 0.787)]
    public void The_reviews_have_the_known_floors(int longest, double known)
    {
        Review[] reviews = Polarity.Read(RealData.Folder(Polarity.Needed));
        Labelled[] texts = [.. reviews.Select(review => new Labelled([.. Features.WordGrams(review.Words, longest)], review.Class))];

        // Which sentences fall into which fold moves the result by some tenths of a percent.
        Close.Equal(known, NaiveBayes.Accuracy(texts, 2, Folds.Of(new SeededRandom(1), texts.Length, 10)), 0, 0.004, "naive Bayes");
    }

    [Fact]
    public void The_names_have_the_known_floors()
    {
        Names names = Names.Read(RealData.Folder(Names.Needed));
        Labelled[] texts = [.. names.All.Select(name => new Labelled([.. Features.LetterGrams(name.Text, 2, 3)], name.Language))];
        Close.Equal(0.825, NaiveBayes.Accuracy(texts, names.Languages.Count, Folds.Of(new SeededRandom(1), texts.Length, 10)), 0, 0.003, "naive Bayes");
        int[] languages = [.. names.All.Select(name => name.Language)];
        Close.Equal(0.468, Majority.Accuracy(languages, languages), 0, 5e-4, "the commonest language");
    }
}
