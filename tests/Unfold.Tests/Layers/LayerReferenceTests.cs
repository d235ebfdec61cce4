using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Layers;

/// <summary>Directions, merges, stacks and composed cells against the equations in double precision.</summary>
[Trait("Path", "every")]
public sealed class LayerReferenceTests
{
    private static readonly Dictionary<string, Func<SequenceLayer>> Layers = new()
    {
        ["lstm"] = () => new Recurrent(Lstm("f", 5, 6)),
        ["lstm, backward"] = () => new Recurrent(Lstm("b", 5, 6), Direction.Backward),
        ["gru, backward"] = () => new Recurrent(Gru("b", 5, 6), Direction.Backward),
        ["rnn, backward"] = () => new Recurrent(Rnn("b", 5, 6), Direction.Backward),
        ["concatenate, different cells and widths"] = () => new Bidirectional(Lstm("f", 5, 6), Gru("b", 5, 3)),
        ["sum"] = () => new Bidirectional(Gru("f", 5, 6), Gru("b", 5, 6), Merge.Sum),
        ["average"] = () => new Bidirectional(Lstm("f", 5, 6), Lstm("b", 5, 6), Merge.Average),
        ["multiply"] = () => new Bidirectional(Rnn("f", 5, 6), Lstm("b", 5, 6), Merge.Multiply),
        ["stack of three kinds"] = () => new StackedLayers([new Recurrent(Gru("0", 5, 7)), new Bidirectional(Lstm("1f", 7, 4), Rnn("1b", 7, 2)), new Recurrent(Lstm("2", 6, 3), Direction.Backward)]),
        ["residual where the widths agree"] = () => new StackedLayers(
            [new Recurrent(Gru("0", 5, 5)), new Recurrent(Lstm("1", 5, 5)), new Bidirectional(Rnn("2f", 5, 4), Gru("2b", 5, 4)), new Recurrent(Rnn("3", 8, 8))],
            connection: StackConnection.Residual),
        ["stack in a stack"] = () => new StackedLayers([new StackedLayers([new Recurrent(Rnn("0", 5, 4)), new Recurrent(Gru("1", 4, 4))]), new Recurrent(Lstm("2", 4, 3))]),
        ["composed rnn"] = () => new Recurrent(new ComposedRnn(5, 6, new SeededRandom(1), "c")),
        ["composed lstm, backward"] = () => new Recurrent(new ComposedLstm(5, 6, new SeededRandom(1), "c"), Direction.Backward),
        ["composed beside fused"] = () => new Bidirectional(new ComposedLstm(5, 6, new SeededRandom(1), "f"), Gru("b", 5, 6), Merge.Average),
        ["composed in a stack"] = () => new StackedLayers(
            [new Recurrent(new ComposedLstm(5, 4, new SeededRandom(1), "0")), new Recurrent(Lstm("1", 4, 4)), new Recurrent(new ComposedRnn(4, 4, new SeededRandom(1), "2"))],
            connection: StackConnection.Residual),
    };

    public static TheoryData<string> Names => [.. Layers.Keys];

    public static MatrixTheoryData<string, bool, bool> Rows => new(Layers.Keys, [false, true], [false, true]);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Gradients_are_the_differences_of_the_equations(string name, bool lengths, bool tokens)
    {
        var graph = new LayerGraph(Layers[name](), new LayerBatch(Time: 5, Batch: 6, lengths, tokens), seed: 3);
        OracleDifferences.AssertAgree(graph.Parameters, graph.Loss, graph.Reference, entries: 20, name);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Many_sequences_give_the_numbers_of_one_and_the_same_bits_on_one_two_and_three_threads(string name, bool lengths, bool tokens)
    {
        // 5 sequences are projected before the time loop on 2 and 3 threads, 29 in it; both are no multiple of a thread's share.
        foreach (int batch in new[] { 5, 29 })
        {
            var graph = new LayerGraph(Layers[name](), new LayerBatch(Time: 9, batch, lengths, tokens), seed: 5);
            (float[] results, float[] gradients) = graph.Run(new Workers(1));
            Close.Equal(graph.ReferenceResults(), results, relative: 1e-5, absolute: 2e-6, $"{name}: {batch} sequences");
            foreach (int threads in new[] { 2, 3 })
            {
                (float[] again, float[] gradientsAgain) = graph.Run(new Workers(threads));
                Close.Same(results, again, $"{name}: {batch} sequences on {threads} threads");
                Close.Same(gradients, gradientsAgain, $"{name}: the gradients of {batch} sequences on {threads} threads");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_stands_past_the_end_of_a_sequence_is_not_read(string name)
    {
        foreach (bool tokens in new[] { false, true })
        {
            var graph = new LayerGraph(Layers[name](), new LayerBatch(Time: 7, Batch: 8, Lengths: true, tokens), seed: 7);
            (float[] results, float[] gradients) = graph.Run(new Workers(2));
            graph.FillPadding(float.NaN);
            (float[] again, float[] gradientsAgain) = graph.Run(new Workers(2));
            Close.Same(results, again, name);
            Close.Same(gradients, gradientsAgain, $"{name}: gradients");
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(6, 1)]
    public void One_step_and_one_sequence_are_right(int time, int batch)
    {
        foreach ((string name, Func<SequenceLayer> create) in Layers)
        {
            var graph = new LayerGraph(create(), new LayerBatch(time, batch, Lengths: true), seed: 9);
            OracleDifferences.AssertAgree(graph.Parameters, graph.Loss, graph.Reference, entries: 6, $"{name}: {time} steps of {batch}");
        }
    }

    private static LstmCell Lstm(string name, int input, int hidden) => new(input, hidden, new SeededRandom(1), name: name);

    private static GruCell Gru(string name, int input, int hidden) => new(input, hidden, new SeededRandom(1), name: name);

    private static RnnCell Rnn(string name, int input, int hidden) => new(input, hidden, new SeededRandom(1), Activation.Tanh, name);
}
