using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Layers;

/// <summary>A layer that knows that its input was looked up in a table computes what it computes of any input.</summary>
[Trait("Path", "every")]
public sealed class LookUpProjectionTests
{
    private const int Words = 7, Width = 5, H = 6, T = 9, B = 4;

    [Theory]
    [InlineData("lstm", false, false)]
    [InlineData("lstm", true, false)]
    [InlineData("lstm", false, true)]
    [InlineData("gru", true, true)]
    [InlineData("rnn", false, false)]
    [InlineData("mingru", true, false)]
    [InlineData("minlstm", false, true)]
    public void Outputs_have_the_same_bits_and_gradients_the_same_values(string kind, bool withLengths, bool backward)
    {
        int[]? lengths = withLengths ? [9, 2, 5, 7] : null;
        Direction direction = backward ? Direction.Backward : Direction.Forward;
        (float[] outputs, float[][] gradients) = Run(kind, direction, lengths, knows: false, threads: 1);
        (float[] same, float[][] found) = Run(kind, direction, lengths, knows: true, threads: 1);
        Close.Same(outputs, same, "the outputs");
        for (int i = 0; i < gradients.Length; i++)
        {
            Close.Equal(gradients[i], found[i], relative: 1e-4, absolute: 2e-5, $"gradient {i}");
            Assert.Contains(found[i], value => Math.Abs(value) > 1e-3);
        }

        foreach (int threads in (int[])[2, 3])
        {
            (float[] outputsOfMore, float[][] gradientsOfMore) = Run(kind, direction, lengths, knows: true, threads);
            Close.Same(same, outputsOfMore, $"the outputs on {threads} threads");
            for (int i = 0; i < found.Length; i++)
            {
                Close.Same(found[i], gradientsOfMore[i], $"gradient {i} on {threads} threads");
            }
        }
    }

    [Fact]
    public void Few_repetitions_are_left_to_the_products_by_place()
    {
        var tape = new Tape(new Workers(1));
        var cell = new LstmCell(Width, H, new SeededRandom(1));
        var table = new Embedding(40, Width, new SeededRandom(2));
        Assert.Null(LookUpProjection.Create(cell, new PackedWeights(cell.InputWeights), tape, table.Weights, [1, 2, 3, 4, 5, 6, 7, 0]));
        Assert.NotNull(LookUpProjection.Create(cell, new PackedWeights(cell.InputWeights), tape, table.Weights, [1, 2, 3, 4, 5, 6, 6, 2]));
        Assert.NotNull(LookUpProjection.Create(cell, new PackedWeights(cell.InputWeights), tape, table.Weights, [-1, -1]));
    }

    private static (float[] Outputs, float[][] Gradients) Run(string kind, Direction direction, int[]? lengths, bool knows, int threads)
    {
        var random = new SeededRandom(5);
        var table = new Embedding(Words, Width, random);
        Draw.Uniform(random, Words * Width, -1, 1).CopyTo(table.Weights.Edit());
        FusedCell cell = kind switch
        {
            "lstm" => new LstmCell(Width, H, random),
            "gru" => new GruCell(Width, H, random),
            "rnn" => new RnnCell(Width, H, random),
            "mingru" => new MinGruCell(Width, H, random),
            _ => new MinLstmCell(Width, H, random),
        };
        int[] tokens = [.. Enumerable.Range(0, T * B).Select(_ => random.NextInt32(Words + 1) - 1)];
        var tape = new Tape(new Workers(threads));
        Tensor vectors = table.Forward(tape, tokens, B);
        SequenceInput input = knows ? SequenceInput.Of(vectors, table, tokens) : SequenceInput.Of(vectors);
        Tensor outputs = new Recurrent(cell, direction).Forward(tape, input, lengths: lengths).Outputs;
        float[] projection = Draw.Uniform(new SeededRandom(8), outputs.Shape.Length, -1, 1);
        tape.Backward(tape.Sum(tape.Multiply(outputs, new Tensor(outputs.Shape, projection))));
        Assert.Equal(!knows, vectors.HasGradient);
        return (outputs.Values.ToArray(), [.. cell.Parameters.Append(table.Weights).Select(parameter => parameter.Gradient.ToArray())]);
    }
}
