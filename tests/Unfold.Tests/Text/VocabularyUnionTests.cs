using Unfold.Text;

namespace Unfold.Tests.Text;

/// <summary>One vocabulary of two.</summary>
public sealed class VocabularyUnionTests
{
    private static readonly string[] Characters = ["a", "b", "c"];

    [Fact]
    public void The_ids_of_the_first_stay_and_what_only_the_second_has_follows()
    {
        Vocabulary first = Of(new Tokenization(TokenKind.Space), "a", "word", "b"), second = Of(new Tokenization(TokenKind.Space), "other", "b", "c", "word");
        Vocabulary union = first.Union(second);
        Assert.Equal(["<unk>", "<s>", "</s>", "a", "word", "b", "other", "c"], Enumerable.Range(0, union.Count).Select(id => union[id]));
        Assert.Same(union, union.Union(second));
    }

    [Fact]
    public void Tables_of_subwords_and_dictionaries_are_compared_by_what_they_hold()
    {
        Vocabulary Subwords(string left, string right)
        {
            var pairs = new BytePairEncoding(Characters, [(left, right)]);
            return new Vocabulary(new Tokenization(TokenKind.BytePair) { Pairs = pairs }, pairs.Symbols);
        }

        Vocabulary Segmented(params (string, long)[] words) =>
            Of(new Tokenization(TokenKind.Segmented) { Dictionary = words.Length == 0 ? null : new WordList(words.Select(word => KeyValuePair.Create(word.Item1, word.Item2))) }, "a");
        Vocabulary subwords = Subwords("a", "b"), segmented = Segmented(("火车", 2), ("头", 1));

        Assert.Same(subwords, subwords.Union(Subwords("a", "b")));
        Refuses(subwords, Subwords("b", "a"), "tables of subwords differ");
        Assert.Same(segmented, segmented.Union(Segmented(("头", 1), ("火车", 2))));
        foreach (Vocabulary other in (Vocabulary[])[Segmented(), Segmented(("头", 1)), Segmented(("火车", 2), ("头", 3)), Segmented(("火车", 2), ("头", 1), ("车", 1))])
        {
            Refuses(segmented, other, "dictionaries differ");
            Refuses(other, segmented, "dictionaries differ");
        }
    }

    private static Vocabulary Of(Tokenization tokenization, params string[] words) => new(tokenization, words);

    private static void Refuses(Vocabulary first, Vocabulary second, string why) =>
        Assert.Contains(why, Assert.Throws<UnfoldException>(() => first.Union(second)).Message, StringComparison.Ordinal);
}
