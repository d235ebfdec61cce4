using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Reference;
using Unfold.Tests.Support;

namespace Unfold.Tests.Layers;

/// <summary>The layers at both ends of a language model: tokens in, cross-entropy out.</summary>
[Trait("Path", "every")]
public sealed class TokenLayerTests
{
    private const int Vocabulary = 11, Batch = 3, Time = 5;

    // A negative token stands for a vector of zeros, a negative target for a row that is left out.
    private static readonly int[] s_tokens = [4, 0, 10, 4, -1, 7, 2, 4, 9, 0, 0, 3, 8, 1, 4];
    private static readonly int[] s_targets = [0, 10, -1, 3, 3, 5, 1, -1, 9, 2, 2, 6, 0, 4, 8];

    [Fact]
    public void An_embedding_is_the_product_of_one_hot_vectors_with_its_table()
    {
        var embedding = new Embedding(Vocabulary, 6, new SeededRandom(2));
        float[] projection = Draw.Uniform(new SeededRandom(3), Time * Batch * 6, -1, 1);
        (float[] looked, float[] lookedGradient) = Run(embedding.Weights, projection, tape => embedding.Forward(tape, s_tokens, Batch));
        (float[] multiplied, float[] multipliedGradient) = Run(embedding.Weights, projection, tape => tape.MatrixProduct(OneHot(), embedding.Weights));
        Close.Same(multiplied, looked, "rows");
        Close.Equal(multipliedGradient, lookedGradient, relative: 1e-6, absolute: 1e-7, "gradient");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_recurrent_layer_over_tokens_is_the_one_over_one_hot_vectors(int workers)
    {
        foreach (string name in GoldenCells.Names)
        {
            Cell cell = GoldenCells.Create(name, Vocabulary, 7, new SeededRandom(4), name);
            var layer = new Recurrent(cell);
            float[] projection = Draw.Uniform(new SeededRandom(5), Time * Batch * 7, -1, 1);
            foreach (Parameter parameter in cell.Parameters)
            {
                (float[] tokens, float[] tokenGradient) = Run(parameter, projection, tape => layer.Forward(tape, SequenceInput.Of(s_tokens, Batch)).Outputs, workers);
                (float[] dense, float[] denseGradient) = Run(parameter, projection, tape => layer.Forward(tape, SequenceInput.Of(OneHot())).Outputs, workers);
                Close.Equal(dense, tokens, relative: 1e-6, absolute: 1e-7, $"{name}: outputs");
                Close.Equal(denseGradient, tokenGradient, relative: 1e-5, absolute: 1e-6, $"{name}: gradient of {parameter}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Softmax_output_is_the_naive_mean_cross_entropy(int workers)
    {
        const int width = 6;
        var layer = new SoftmaxOutput(width, Vocabulary, new SeededRandom(6));
        Dense dense = layer.Projection;
        Draw.Uniform(new SeededRandom(7), Vocabulary, -2, 2).CopyTo(dense.Bias.Edit());
        var h = new Parameter("h", new Shape(Time, Batch, width));
        Draw.Uniform(new SeededRandom(8), h.Shape.Length, -3, 3).CopyTo(h.Edit());
        double Reference(IReadOnlyDictionary<string, double[]> values)
        {
            var losses = new List<double>();
            for (int row = 0; row < s_targets.Length; row++)
            {
                double[] x = values["h"][(row * width)..((row + 1) * width)];
                double[] logits = [.. Enumerable.Range(0, Vocabulary).Select(j => ReferenceMath.Column(x, values[dense.Weights.Name], j) + values[dense.Bias.Name][j])];
                losses.AddRange(s_targets[row] < 0 ? [] : [ReferenceMath.CrossEntropy(logits, s_targets[row])]);
            }

            return losses.Average();
        }

        Parameter[] parameters = [h, .. dense.Parameters];
        OracleDifferences.AssertAgree(parameters, tape => layer.Loss(tape, h, s_targets), Reference, entries: 90, "softmax output");
        OracleDifferences.AssertAgree(parameters, tape => tape.Scale(layer.Loss(tape, h, s_targets), -2.5f), values => -2.5 * Reference(values), entries: 90, "scaled loss");
        var one = new Tape(new Workers(1));
        var many = new Tape(new Workers(workers));
        Close.Same(layer.Loss(one, h, s_targets).Values, layer.Loss(many, h, s_targets).Values, $"{workers} threads");
    }

    [Fact]
    public void Targets_that_do_not_fit_are_refused()
    {
        var layer = new SoftmaxOutput(4, 5, new SeededRandom(1), "words");
        var tape = new Tape(new Workers(1));
        var h = new Tensor(new Shape(2, 4));
        foreach (int[] targets in new int[][] { [1], [1, 2, 3], [0, 5], [-1, -1] })
        {
            Assert.Contains("Dense(4 -> 5", Assert.Throws<ArgumentException>(() => layer.Loss(tape, h, targets)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => layer.Loss(tape, new Tensor(new Shape(2, 3)), new[] { 1, 2 }));
        var embedding = new Embedding(5, 2, new SeededRandom(1));
        Assert.Contains("found 5", Assert.Throws<ArgumentException>(() => embedding.Forward(tape, new[] { 1, 5 }, 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => embedding.Forward(tape, new[] { 1, 2, 3 }, 2));
    }

    [Fact]
    public void A_dense_layer_of_few_rows_is_that_of_many()
    {
        var layer = new Dense(19, 23, new SeededRandom(4));
        Draw.Uniform(new SeededRandom(5), 23, -1, 1).CopyTo(layer.Bias.Edit());
        float[] x = Draw.Uniform(new SeededRandom(6), 8 * 19, -1, 1);
        double[] wanted = Naive.Product(x, layer.Weights.Values, 8, 23, 19);
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[i] += layer.Bias.Values[i % 23];
        }

        foreach (int rows in new[] { 1, 2, 8 })
        {
            var tape = new Tape(new Workers(3));
            Close.Equal(wanted.AsSpan(0, rows * 23), layer.Forward(tape, new Tensor(new Shape(rows, 19), x.AsSpan(0, rows * 19))).Values, relative: 1e-5, absolute: 1e-6, $"{rows} rows");
        }

        // What was packed before has to be packed anew.
        layer.Weights.Edit().Clear();
        Close.Same(layer.Bias.Values, layer.Forward(new Tape(new Workers(3)), new Tensor(new Shape(1, 19), x.AsSpan(0, 19))).Values, "W = 0");
    }

    private static Tensor OneHot()
    {
        var tensor = new Tensor(new Shape(Time, Batch, Vocabulary));
        for (int row = 0; row < s_tokens.Length; row++)
        {
            if (s_tokens[row] >= 0)
            {
                tensor.Edit()[(row * Vocabulary) + s_tokens[row]] = 1;
            }
        }

        return tensor;
    }

    private static (float[] Values, float[] Gradient) Run(Parameter parameter, float[] projection, Func<Tape, Tensor> graph, int workers = 2)
    {
        var tape = new Tape(new Workers(workers));
        parameter.Gradient.Clear();
        Tensor y = graph(tape);
        tape.Backward(tape.Sum(tape.Multiply(y, new Tensor(y.Shape, projection))));
        return (y.Values.ToArray(), parameter.Gradient.ToArray());
    }
}
