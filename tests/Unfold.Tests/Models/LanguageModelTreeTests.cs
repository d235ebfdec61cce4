using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Models;

/// <summary>A tree of tokens gives what one session after the other gives.</summary>
public sealed class LanguageModelTreeTests
{
    private const int Symbols = 37;

    public static TheoryData<CellKind, int, StackConnection> Kinds
    {
        get
        {
            var data = new TheoryData<CellKind, int, StackConnection>();
            foreach (CellKind cell in CellKinds.All)
            {
                data.Add(cell, 0, StackConnection.Plain);
                data.Add(cell, 6, StackConnection.Residual);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_tree_gives_what_each_sequence_gives_alone(CellKind cell, int embedding, StackConnection connection)
    {
        LanguageModel model = Create(cell, embedding, connection);
        int[][] sequences = Sequences(new SeededRandom(3), model.Vocabulary.Count, count: 40);
        (TokenTree tree, int[] ends) = Tree(sequences);
        double[] values = model.LogProbabilities(tree, new Workers(2), cancellation: TestContext.Current.CancellationToken);

        Assert.True(tree.Count < sequences.Sum(sequence => sequence.Length), "The sequences share nothing.");
        foreach ((int[] sequence, int end) in sequences.Zip(ends))
        {
            // The only difference is the sum of the softmax, in single precision here and in double precision there.
            Close.Equal(Alone(model, sequence), tree.Along(values, end), 1e-6, 2e-6, $"{cell}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_sequence_gives_the_same_bits_with_others_beside_it(CellKind cell, int embedding, StackConnection connection)
    {
        LanguageModel model = Create(cell, embedding, connection);
        int[][] sequences = Sequences(new SeededRandom(3), model.Vocabulary.Count, count: 40);
        (TokenTree together, int[] ends) = Tree(sequences);
        double[] values = model.LogProbabilities(together, new Workers(2), cancellation: TestContext.Current.CancellationToken);
        foreach ((int[] sequence, int end) in sequences.Zip(ends))
        {
            (TokenTree alone, int[] last) = Tree([sequence]);
            Assert.Equal(alone.Along(model.LogProbabilities(alone, new Workers(1), cancellation: TestContext.Current.CancellationToken), last[0]), together.Along(values, end));
        }
    }

    [Theory]
    [InlineData(SoftmaxKind.Exact, OutputWeights.Tied)]
    [InlineData(SoftmaxKind.Sampled, OutputWeights.Own)]
    [InlineData(SoftmaxKind.Sampled, OutputWeights.Tied)]
    [InlineData(SoftmaxKind.Adaptive, OutputWeights.Own)]
    public void Every_output_layer_gives_what_it_gives_alone(SoftmaxKind softmax, OutputWeights weights)
    {
        // So many symbols that the adaptive softmax has a cluster behind its head.
        var vocabulary = new Vocabulary(TokenKind.Character, LetterCase.Kept, Enumerable.Range(0x4E00, 5000).Select(code => ((char)code).ToString()));
        var settings = new LanguageModelSettings { Hidden = 12, Embedding = 12, Softmax = softmax, OutputWeights = weights };
        var model = new LanguageModel(settings, vocabulary, new SeededRandom(7));
        int[][] sequences = Sequences(new SeededRandom(3), vocabulary.Count, count: 20);
        (TokenTree tree, int[] ends) = Tree(sequences);
        double[] values = model.LogProbabilities(tree, new Workers(2), cancellation: TestContext.Current.CancellationToken);
        foreach ((int[] sequence, int end) in sequences.Zip(ends))
        {
            // The sum of the softmax over 5,003 tokens is in single precision here and in double precision there.
            Close.Equal(Alone(model, sequence), tree.Along(values, end), 1e-6, 5e-6, $"{softmax}, {weights}");
        }
    }

    [Fact]
    public void The_bits_depend_neither_on_the_threads_nor_on_the_other_sequences()
    {
        LanguageModel model = Create(CellKind.Lstm, 6, StackConnection.Plain);
        int[][] sequences = Sequences(new SeededRandom(5), model.Vocabulary.Count, count: 60);
        (TokenTree tree, int[] ends) = Tree(sequences);
        double[] one = model.LogProbabilities(tree, new Workers(1), cancellation: TestContext.Current.CancellationToken);
        double[] three = model.LogProbabilities(tree, new Workers(3), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(one, three);
        foreach ((int[] sequence, int end) in sequences.Zip(ends).Take(20))
        {
            (TokenTree single, int[] last) = Tree([sequence]);
            Assert.Equal(tree.Along(one, end), single.Along(model.LogProbabilities(single, new Workers(1), cancellation: TestContext.Current.CancellationToken), last[0]));
        }
    }

    [Fact]
    public void A_model_without_a_way_of_its_own_is_walked_by_its_sessions()
    {
        LanguageModel model = Create(CellKind.Gru, 0, StackConnection.Plain);
        int[][] sequences = Sequences(new SeededRandom(4), model.Vocabulary.Count, count: 30);
        (TokenTree tree, int[] ends) = Tree(sequences);
        double[] values = new Plain(model).LogProbabilities(tree, new Workers(1), cancellation: TestContext.Current.CancellationToken);
        Assert.All(sequences.Zip(ends), pair => Assert.Equal(Alone(model, pair.First), tree.Along(values, pair.Second)));
    }

    [Fact]
    public void A_tree_of_nothing_has_one_value()
    {
        LanguageModel model = Create(CellKind.Lstm, 0, StackConnection.Plain);
        Assert.Equal([0.0], model.LogProbabilities(new TokenTree(), new Workers(1), cancellation: TestContext.Current.CancellationToken));
        Assert.Equal([0.0], new Plain(model).LogProbabilities(new TokenTree(), new Workers(1), cancellation: TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(new[] { Symbols + Vocabulary.SpecialCount })]
    [InlineData(new[] { 4, Symbols + Vocabulary.SpecialCount })]
    [InlineData(new[] { 4, 5, -1 })]
    public void A_token_that_is_not_in_the_vocabulary_is_refused(int[] sequence)
    {
        LanguageModel model = Create(CellKind.Lstm, 0, StackConnection.Plain);
        (TokenTree tree, _) = Tree([sequence]);
        Assert.Throws<ArgumentException>(() => model.LogProbabilities(tree, new Workers(1), cancellation: TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => new Plain(model).LogProbabilities(tree, new Workers(1), cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void It_can_be_stopped()
    {
        LanguageModel model = Create(CellKind.Lstm, 0, StackConnection.Plain);
        (TokenTree tree, _) = Tree([[3, 4, 5]]);
        Assert.Throws<OperationCanceledException>(() => model.LogProbabilities(tree, new Workers(1), cancellation: new CancellationToken(canceled: true)));
        Assert.Throws<OperationCanceledException>(() => new Plain(model).LogProbabilities(tree, new Workers(1), cancellation: new CancellationToken(canceled: true)));
    }

    private static LanguageModel Create(CellKind cell, int embedding, StackConnection connection)
    {
        var vocabulary = new Vocabulary(TokenKind.Character, LetterCase.Kept, Enumerable.Range(0, Symbols).Select(i => ((char)('A' + i)).ToString()));
        var settings = new LanguageModelSettings { Cell = cell, CustomCell = CellKinds.Factory(cell), Hidden = 9, Layers = 2, Embedding = embedding, Connection = connection };
        return new LanguageModel(settings, vocabulary, new SeededRandom(7));
    }

    private static int[][] Sequences(SeededRandom random, int vocabulary, int count) => [.. Enumerable.Range(0, count).Select(_ =>
        Enumerable.Range(0, random.NextInt32(9)).Select(place => random.NextInt32(place < 3 ? 3 : vocabulary)).ToArray())];

    private static (TokenTree Tree, int[] Ends) Tree(int[][] sequences)
    {
        var tree = new TokenTree();
        return (tree, [.. sequences.Select(sequence => tree.Add(sequence))]);
    }

    private static double[] Alone(NextTokenModel model, int[] sequence) => Sessions.Walk(model.Start(), sequence);

    /// <summary>A model that has nothing but sessions.</summary>
    private sealed class Plain(LanguageModel model) : NextTokenModel
    {
        public override Vocabulary Vocabulary => model.Vocabulary;

        public override NextTokenSession Start() => model.Start();
    }
}
