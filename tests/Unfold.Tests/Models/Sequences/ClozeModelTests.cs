using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Tests.Text;
using Unfold.Text;

namespace Unfold.Tests.Models.Sequences;

public sealed class ClozeModelTests
{
    private static readonly Vocabulary Letters = new(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d"]);

    private static readonly SequenceEncoderSettings[] Settings =
    [
        new() { Cell = CellKind.Lstm, Hidden = 5, Embedding = 4 },
        new() { Cell = CellKind.Gru, Hidden = 4, Embedding = 3, Layers = 2 },
        new() { Cell = CellKind.Rnn, Hidden = 6, Embedding = 0, Layers = 3, Connection = StackConnection.Residual },
        new() { Cell = CellKind.MinGru, Hidden = 5, Embedding = 2, Layers = 2 },
        new() { Cell = CellKind.Lstm, Hidden = 6, Embedding = 3, Lstm = new() { Projection = 4 } },
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Settings.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Loss_and_gradients_are_those_of_the_equations(int number)
    {
        IReadOnlyList<int>[] batch = Sentences(7, 5);
        ClozeModel model = Create(number);
        OracleDifferences.AssertAgree(
            model.Parameters,
            tape => model.Loss(tape, batch),
            values => batch.Sum(sentence => Enumerable.Range(0, sentence.Count).Sum(t => ReferenceEncoder.CrossEntropy(Reference(model, values, sentence, t), sentence[t]))) / batch.Sum(sentence => sentence.Count),
            entries: 12,
            $"the cloze model {number}");
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void The_word_itself_never_changes_what_is_foretold_of_it(int number)
    {
        ClozeModel model = Create(number);
        var tape = new Tape(new Workers(2)) { Recording = false };
        foreach (IReadOnlyList<int> sentence in Sentences(12, 8))
        {
            for (int t = 0; t < sentence.Count; t++)
            {
                float[] Row(int word)
                {
                    int[] other = [.. sentence];
                    other[t] = word;
                    int[] neighbour = [.. sentence, 3];
                    return model.Logits(tape, [other, neighbour]).Values.Slice(2 * t * model.Vocabulary.Count, model.Vocabulary.Count).ToArray();
                }

                float[] wanted = Row(sentence[t]);
                foreach (int word in (int[])[0, 3, 4, 5, 6])
                {
                    Close.Same(wanted, Row(word), $"position {t} of {sentence.Count}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void All_other_words_are_seen(int number)
    {
        ClozeModel model = Create(number);
        int[] sentence = [3, 4, 5, 6, 3, 4];
        for (int gap = 0; gap < sentence.Length; gap++)
        {
            double[] wanted = model.Probabilities(sentence[..gap], sentence[(gap + 1)..]);
            for (int changed = 0; changed < sentence.Length; changed++)
            {
                int[] other = [.. sentence];
                other[changed] = other[changed] == 3 ? 5 : 3;
                Assert.Equal(changed == gap, wanted.SequenceEqual(model.Probabilities(other[..gap], other[(gap + 1)..])));
            }
        }
    }

    [Fact]
    public void Probabilities_are_the_softmax_of_the_equations()
    {
        ClozeModel model = Create(1);
        var values = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        int[] sentence = [5, 3, 6, 4];
        for (int gap = 0; gap < sentence.Length; gap++)
        {
            double[] logits = Reference(model, values, sentence, gap);
            double[] wanted = [.. logits.Select((_, token) => Math.Exp(-ReferenceEncoder.CrossEntropy(logits, token)))];
            double[] found = model.Probabilities(sentence[..gap], sentence[(gap + 1)..]);
            Close.Equal(wanted, found, 1e-5, 1e-6, $"gap {gap}");
            Assert.Equal(1, found.Sum(), 12);
        }

        Assert.Equal(Letters.Count, model.Probabilities([], []).Length);
    }

    [Fact]
    public void Gaps_of_the_grammar_are_filled_better_than_any_reader_from_left_to_right_could()
    {
        Grammar grammar = Grammar.CreateEmbedded();
        string text = grammar.WriteText(new SeededRandom(3), 60_000);
        Corpus corpus = Corpus.Load(
            TextSource.FromString(text),
            new CorpusOptions { Kind = TokenKind.Word, Mode = TextMode.Sentences, ValidationFraction = 0.1 },
            cancellation: TestContext.Current.CancellationToken);
        IReadOnlyList<IReadOnlyList<int>> train = SentenceList.Of(corpus.Train), valid = SentenceList.Of(corpus.Validation);
        var options = new FitOptions { Epochs = 6, BatchSize = 16, LearningRate = 0.01, Workers = new Workers(2), Cancellation = TestContext.Current.CancellationToken };
        ClozeModel model = ClozeModel.Fit(train, corpus.Vocabulary, new SequenceEncoderSettings { Cell = CellKind.Gru, Hidden = 48, Embedding = 24 }, options, valid);

        // The sure ends count among the words of the bound, which makes it lower still.
        double found = Math.Exp(model.Measure(valid, new Workers(2), TestContext.Current.CancellationToken)), bound = Math.Exp(grammar.EntropyPerWord);
        Assert.True(found < 0.8 * bound, $"The perplexity of a gap is {found}, and that of the next word at best {bound}.");
    }

    [Fact]
    public void A_saved_model_fills_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        ClozeModel model = Create(4);
        model.Save(folder["cloze"]);
        ClozeModel loaded = ClozeModel.Load(folder["cloze"]);
        Assert.Equal(model.Probabilities([3, 4], [5]), loaded.Probabilities([3, 4], [5]));
        Assert.Equal(model.ToString(), loaded.ToString());

        using (FileStream other = File.Create(folder["cloze/vocabulary.json"]))
        {
            new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", "d", "c"]).Write(other);
        }

        Assert.Contains("another vocabulary", Assert.Throws<UnfoldException>(() => ClozeModel.Load(folder["cloze"])).Message, StringComparison.Ordinal);
        File.Delete(folder["cloze/vocabulary.json"]);
        Assert.Contains("vocabulary.json", Assert.Throws<UnfoldException>(() => ClozeModel.Load(folder["cloze"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab__cd", new[] { 3, 4 }, new[] { 5, 6 })]
    [InlineData("____a\n", new int[0], new[] { 3 })]
    [InlineData("d＿＿", new[] { 6 }, new int[0])]
    [InlineData("a_b_____", new[] { 3, 0, 4 }, new int[0])]
    [InlineData("a __ b", new[] { 3, 0 }, new[] { 0, 4 })]
    public void A_gap_is_two_or_more_underscores(string text, int[] before, int[] after)
    {
        var gap = GapText.Parse(text, Letters);
        Assert.Equal(before, gap.Before);
        Assert.Equal(after, gap.After);
    }

    [Theory]
    [InlineData("a_b", "found none")]
    [InlineData("a__b__c", "found 2: write a word for all but one")]
    [InlineData("a__b\nc", "on one line; found several")]
    public void A_text_without_one_gap_is_refused(string text, string word) =>
        Assert.Contains(word, Assert.Throws<UnfoldException>(() => GapText.Parse(text, Letters)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_word_of_the_gap_is_cut_as_the_sentence_is()
    {
        var lowered = new Vocabulary(TokenKind.Word, LetterCase.Lowered, ["love", "don't"]);
        Assert.Equal([lowered.IdOf("love"), lowered.IdOf("don't")], [GapText.Filling("Love", lowered), GapText.Filling(" DON'T", lowered)]);
        string Refused(string word) => Assert.Throws<UnfoldException>(() => GapText.Filling(word, lowered)).Message;
        Assert.Equal("The word 'Hate' cannot stand in the gap: it is not in the model's vocabulary, and a gap holds one of the 2 words that the model knows.", Refused("Hate"));
        Assert.Contains("it is 2 words", Refused("love love"), StringComparison.Ordinal);
        Assert.Contains("it is 0 words", Refused(""), StringComparison.Ordinal);

        var spaced = new Vocabulary(new Tokenization(TokenKind.Character) { Mode = TextMode.Sentences }, [" ", "a"]);
        Assert.Equal(spaced.IdOf(" "), GapText.Filling(" ", spaced));
        Assert.Throws<UnfoldException>(() => GapText.Filling("\n", spaced));
        var cut = new Vocabulary(new Tokenization(TokenKind.Space) { Mode = TextMode.Sentences }, ["a"]);
        Assert.All((string[])["<s>", "</s>", "<unk>"], mark => Assert.Contains($"The word '{mark}' cannot stand in the gap", Assert.Throws<UnfoldException>(() => GapText.Filling(mark, cut)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Subwords_are_refused()
    {
        Vocabulary vocabulary = Tokenizations.Learn("the cat the cat", 400);
        Assert.Contains("characters or words", Assert.Throws<UnfoldException>(() => new ClozeModel(vocabulary, Settings[0], new SeededRandom(1))).Message, StringComparison.Ordinal);
        Assert.Contains("characters or words", Assert.Throws<UnfoldException>(() => GapText.Parse("the ____ the", vocabulary)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_fitted_is_refused_with_a_sentence()
    {
        var options = new FitOptions { Epochs = 1, Workers = new Workers(1) };
        string Refused(IReadOnlyList<IReadOnlyList<int>> sentences, SequenceEncoderSettings settings) =>
            Assert.Throws<UnfoldException>(() => ClozeModel.Fit(sentences, Letters, settings, options)).Message;
        Assert.Contains("at least one training example", Refused([], new()), StringComparison.Ordinal);
        Assert.Contains("at least one token; found none", Refused([Array.Empty<int>()], new()), StringComparison.Ordinal);
        Assert.Contains("found 7", Refused([new[] { 7 }], new()), StringComparison.Ordinal);
        Assert.Contains("found 2", Refused([new[] { 3, 2 }], new()), StringComparison.Ordinal);
        Assert.Contains("Reading.Forward", Refused([new[] { 3 }], new() { Reading = Reading.Forward }), StringComparison.Ordinal);
        Assert.Contains("Merge.Sum", Refused([new[] { 3 }], new() { Merge = Merge.Sum }), StringComparison.Ordinal);
        Assert.Contains("minimum count of 2", Refused([new[] { 3 }], new() { MinimumCount = 2 }), StringComparison.Ordinal);
    }

    private static ClozeModel Create(int number) => SequenceCases.Loud(new ClozeModel(Letters, Settings[number], new SeededRandom(4)));

    private static IReadOnlyList<int>[] Sentences(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (IReadOnlyList<int>)[.. Enumerable.Range(0, 1 + random.NextInt32(6)).Select(_ => 3 + random.NextInt32(4))])];
    }

    /// <summary>The logits of one gap, from the words on its two sides alone.</summary>
    private static double[] Reference(ClozeModel model, IReadOnlyDictionary<string, double[]> values, IReadOnlyList<int> sentence, int gap)
    {
        double[] before = Last(model.Forward, model, values, [Vocabulary.BeginId, .. sentence.Take(gap)], ^1);
        double[] after = Last(model.Backward, model, values, [.. sentence.Skip(gap + 1), Vocabulary.EndId], 0);
        return ReferenceEncoder.Dense(values, "output", [.. before, .. after]);
    }

    private static double[] Last(StackedLayers stack, ClozeModel model, IReadOnlyDictionary<string, double[]> values, int[] tokens, Index end)
    {
        int width = model.Settings.Embedding;
        double[] Vector(int token) => width == 0
            ? [.. Enumerable.Range(0, model.Vocabulary.Count).Select(other => other == token ? 1.0 : 0)]
            : [.. values["embedding.weights"].Skip(token * width).Take(width)];
        var zeros = new Queue<double[]>(stack.ZeroState(1).Parts.Select(part => Naive.Widen(part.Values.Values)));
        return ReferenceLayers.Run(stack, values, [.. tokens.Select(Vector)], zeros).Outputs[end];
    }
}
