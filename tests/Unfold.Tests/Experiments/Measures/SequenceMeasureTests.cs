using Unfold.Experiments.Data;
using Unfold.Experiments.Measures;
using Unfold.Tests.Support;

namespace Unfold.Tests.Experiments.Measures;

public sealed class SequenceMeasureTests
{
    private static string[] Tags(string text) => text.Split(' ');

    [Theory]
    [InlineData("B-NP I-NP O B-VP", "0-2 NP, 3-4 VP")]
    [InlineData("I-NP I-NP O", "0-2 NP")]
    [InlineData("B-NP B-NP I-NP", "0-1 NP, 1-3 NP")]
    [InlineData("B-NP I-VP I-VP", "0-1 NP, 1-3 VP")]
    [InlineData("O I-NP O I-NP", "1-2 NP, 3-4 NP")]
    [InlineData("I-NP B-NP", "0-1 NP, 1-2 NP")]
    [InlineData("O O", "")]
    public void Chunks_begin_and_end_as_conlleval_says(string tags, string chunks) =>
        Assert.Equal(chunks, string.Join(", ", ChunkScore.Chunks(Tags(tags)).Select(chunk => $"{chunk.First}-{chunk.End} {chunk.Type}")));

    [Fact]
    public void A_chunk_is_right_where_beginning_end_and_type_are()
    {
        ChunkScore score = ChunkScore.Of(
            [Tags("B-NP I-NP O B-VP"), Tags("B-NP I-NP"), Tags("B-PP B-NP")],
            [Tags("I-NP I-NP O B-NP"), Tags("B-NP B-NP"), Tags("B-PP B-NP")]);
        Assert.Equal(new ChunkScore(Wanted: 5, Found: 6, Right: 3), score);
        Close.Equal([0.5, 0.6, 6 / 11.0], new[] { score.Precision, score.Recall, score.F1 }, 0, 1e-12, "shares");
        Assert.Equal(0, ChunkScore.Of([Tags("O")], [Tags("O")]).F1);
        Assert.Throws<ArgumentException>(() => ChunkScore.Of([Tags("O O")], [Tags("O")]));

        // The end of a sentence ends a chunk: the next cannot go on with it.
        Assert.Equal(new ChunkScore(2, 2, 2), ChunkScore.Of([Tags("B-NP"), Tags("I-NP")], [Tags("B-NP"), Tags("B-NP")]));
    }

    [Fact]
    public void A_word_is_right_where_beginning_and_end_are()
    {
        ChunkScore score = WordScore.Of([["ab", "c", "de"], ["a", "b"]], [["a", "b", "c", "de"], ["a", "b"]]);
        Assert.Equal(new ChunkScore(Wanted: 5, Found: 6, Right: 4), score);
        Assert.Throws<ArgumentException>(() => WordScore.Of([["ab"]], [["a"]]));
    }

    [Fact]
    public void The_commonest_chunk_of_a_part_of_speech_has_the_published_score()
    {
        Chunking chunking = Chunking.Read(RealData.Folder(Chunking.Needed));
        var baseline = new CommonestChunk(chunking.Train);
        ChunkScore score = ChunkScore.Of(
            [.. chunking.Test.Select(sentence => sentence.Select(token => token.Chunk).ToArray())],
            [.. chunking.Test.Select(baseline.Predict)]);
        Assert.Equal(23_852, score.Wanted);
        Close.Equal([0.7258, 0.8214, 0.7707], new[] { score.Precision, score.Recall, score.F1 }, 0, 5e-5, "precision, recall and F1 of the shared task's baseline");
    }

    [Fact]
    public void Bleu_follows_its_equation()
    {
        // By hand: of 6 and 5 words 5 and 4 are right, of 5 and 4 pairs 3 and 2, of 4 and 3 triples 2 and 1, of 3 and 2 fours 1 and 0.
        Bleu bleu = Bleu.Of(
            [Tags("the cat sat on the sofa"), Tags("a dog barked at night")],
            [Tags("the cat sat on a sofa"), Tags("a dog barked by night all day")]);
        double[] precisions = [9 / 11.0, 5 / 9.0, 3 / 7.0, 1 / 5.0];
        Close.Equal(precisions, bleu.Precisions.ToArray(), 0, 1e-12, "precisions");
        Close.Equal(Math.Exp(1 - (13 / 11.0)), bleu.BrevityPenalty, 0, 1e-12, "brevity");
        Close.Equal(100 * Math.Exp(1 - (13 / 11.0)) * Math.Pow(precisions.Aggregate((a, b) => a * b), 0.25), bleu.Score, 1e-9, 0, "score");
    }

    [Fact]
    public void Bleu_clips_what_is_repeated_and_takes_the_best_reference()
    {
        // Papineni's example: 'the' stands twice at most in a reference.
        Bleu repeated = Bleu.OfSeveral([Tags("the the the the the the the")], [[Tags("the cat is on the mat"), Tags("there is a cat on the mat")]]);
        Close.Equal(2 / 7.0, repeated.Precisions[0], 0, 1e-12, "clipped");
        Assert.Equal((0, 1), (repeated.Score, repeated.BrevityPenalty));

        Assert.Equal(100, Bleu.OfSeveral([Tags("a b c d e")], [[Tags("x y"), Tags("a b c d e")]]).Score, 9);
        Close.Equal(100 * Math.Exp(1 - 1.25), Bleu.Of([Tags("a b c d")], [Tags("a b c d e")]).Score, 1e-9, 0, "only too short");
        Assert.Equal(0, Bleu.Of([[]], [Tags("a b")]).Score);
        Assert.Throws<ArgumentException>(() => Bleu.OfSeveral([Tags("a")], [[]]));
    }

    [Fact]
    public void The_word_table_learns_which_word_means_which()
    {
        // 'the' is in all: only expectation maximization tells it from the others.
        (string[], string[])[] pairs =
        [
            (["the", "house"], ["das", "haus"]), (["the", "book"], ["das", "buch"]), (["a", "book"], ["ein", "buch"]), (["the", "green", "house"], ["das", "grüne", "haus"]),
        ];
        WordTable table = WordTable.Train(pairs, rounds: 20);
        Assert.Equal(["das", "grüne", "buch", "haus", "ein"], table.Translate(["the", "green", "book", "unknown", "house", "a"]));
    }

    [Fact]
    public void The_chorales_have_the_known_floors()
    {
        Chorales chorales = Chorales.Read(RealData.Folder(Chorales.Needed));
        var counts = new KeyCounts(chorales.Train);
        Close.Equal(11.09, counts.IndependentLoss(chorales.Test), 0, 0.01, "independent keys");
        Close.Equal(10.49, counts.MarkovLoss(chorales.Test), 0, 0.01, "each key by itself");
    }

    [Fact]
    public void Keys_are_counted_from_the_second_step_on()
    {
        var counts = new KeyCounts([new Chorale([[5], [5], [7]])]);

        // Two frames: key 5 sounds in one, key 7 in one; smoothed (1 + 1) / (2 + 2), all others (0 + 1) / 4.
        Close.Equal((2 * Math.Log(2)) + (86 * Math.Log(4 / 3.0)), counts.IndependentLoss([new Chorale([[1, 2], [5]])]), 1e-9, 0, "independent");

        // Key 5 stays in one of two frames, so (1 + 1) / (2 + 2); key 7 comes in one of two without it; others never: 3/4 for silence.
        Close.Equal((2 * Math.Log(2)) + (86 * Math.Log(4 / 3.0)), counts.MarkovLoss([new Chorale([[5], [7]])]), 1e-9, 0, "after a key");
    }
}
