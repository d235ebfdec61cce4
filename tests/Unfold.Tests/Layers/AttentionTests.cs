using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Layers;

[Trait("Path", "every")]
public sealed class AttentionTests
{
    private const int S = 6, T = 4, B = 3, F = 5, Q = 3, A = 19;

    public static TheoryData<string> Kinds => ["dot", "general", "additive"];

    [Theory]
    [InlineData("dot", "full")]
    [InlineData("dot", "lengths")]
    [InlineData("general", "full")]
    [InlineData("general", "lengths")]
    [InlineData("additive", "full")]
    [InlineData("additive", "lengths")]
    public void Contexts_weights_and_gradients_are_those_of_PyTorch(string kind, string lengths)
    {
        GoldenFile golden = GoldenFile.Load($"attention-{kind}-{lengths}");
        Attention layer = Create(kind, golden.Size("Q"), golden.Size("F"), golden.Size("A"));
        Parameter[] inputs = [Given(golden, "memory"), Given(golden, "queries")];
        foreach (Parameter parameter in layer.Parameters)
        {
            golden.Tensor("parameters", Short(parameter)).Floats.CopyTo(parameter.Edit());
        }

        int[] sources = [.. golden["source_lengths"].EnumerateArray().Select(length => length.GetInt32())];
        int[] targets = [.. golden["target_lengths"].EnumerateArray().Select(length => length.GetInt32())];
        var tape = new Tape(new Workers(2));
        AttentionOutput output = layer.Forward(tape, inputs[1], layer.Prepare(tape, inputs[0], sources), targets);
        Close.Equal(golden.Tensor("results", "contexts").Data, output.Context.Values, relative: 1e-5, absolute: 1e-6, "contexts");
        Close.Equal(golden.Tensor("results", "weights").Data, output.Weights.Values, relative: 1e-5, absolute: 1e-7, "weights");
        Tensor loss = tape.Sum(tape.Multiply(output.Context, new Tensor(output.Context.Shape, golden.Tensor("projections", "contexts").Floats)));
        Close.Equal(golden["loss"].GetDouble(), loss.Values[0], relative: 1e-5, absolute: 1e-6, "loss");
        tape.Backward(loss);
        foreach (Parameter parameter in layer.Parameters.Concat(inputs))
        {
            Close.Equal(golden.Tensor("gradients", Short(parameter)).Data, parameter.Gradient, relative: 1e-4, absolute: 1e-6, $"the gradient of {parameter}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_are_those_of_the_equations(string kind)
    {
        foreach ((int[]? sources, int[]? targets) in ((int[]?, int[]?)[])[(null, null), ([4, 1, 6], [4, 0, 2])])
        {
            (Attention layer, Parameter memory, Parameter queries) = Random(kind);
            float[] projection = Draw.Uniform(new SeededRandom(8), T * B * F, -1, 1);
            OracleDifferences.AssertAgree(
                [memory, queries, .. layer.Parameters],
                tape => tape.Sum(tape.Multiply(Run(tape, layer, memory, queries, sources, targets).Context, new Tensor(new Shape(T, B, F), projection))),
                values => Naively(kind, values, queries.Shape[2], sources, targets).Zip(projection, (c, p) => c * p).Sum(),
                entries: 60,
                kind);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Padding_never_matters_and_gets_no_weight(string kind)
    {
        int[] sources = [4, 1, 6], targets = [4, 2, 3];
        (Attention layer, Parameter memory, Parameter queries) = Random(kind);
        (float[] values, float[] weights, float[][] gradients) = Results(layer, memory, queries, sources, targets, threads: 2);
        for (int row = 0; row < B; row++)
        {
            Fill(memory, row, from: sources[row], float.NaN);
            Fill(queries, row, from: targets[row], float.PositiveInfinity);
        }

        // The keys of padding are computed from it, but nothing looks at them.
        (float[] dirtyValues, float[] dirtyWeights, float[][] dirtyGradients) = Results(layer, memory, queries, sources, targets, threads: 2);
        Close.Same(values, dirtyValues, "contexts");
        Close.Same(weights, dirtyWeights, "weights");
        Close.Same(gradients[0], dirtyGradients[0], "the gradient of the memory");
        Close.Same(gradients[1], dirtyGradients[1], "the gradient of the queries");
        for (int i = 0; i < weights.Length; i++)
        {
            (int t, int row, int s) = (i / (B * S), i / S % B, i % S);
            Assert.Equal(t < targets[row] && s < sources[row], weights[i] != 0);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_bits_are_the_same_on_any_number_of_threads(string kind)
    {
        var random = new SeededRandom(4);
        const int width = 24, batch = 7, steps = 33;
        Attention layer = Create(kind, width, width, 20);
        var memory = new Parameter("memory", new Shape(steps, batch, width));
        var queries = new Parameter("queries", new Shape(steps, batch, width));
        Draw.Uniform(random, memory.Shape.Length, -1, 1).CopyTo(memory.Edit());
        Draw.Uniform(random, queries.Shape.Length, -1, 1).CopyTo(queries.Edit());
        int[] sources = [33, 2, 17, 30, 1, 9, 28], targets = [3, 33, 12, 30, 0, 33, 5];
        (float[] values, float[] weights, float[][] gradients) = Results(layer, memory, queries, sources, targets, threads: 1);
        foreach (int threads in (int[])[2, 3])
        {
            (float[] sameValues, float[] sameWeights, float[][] sameGradients) = Results(layer, memory, queries, sources, targets, threads);
            Close.Same(values, sameValues, "contexts");
            Close.Same(weights, sameWeights, "weights");
            for (int i = 0; i < gradients.Length; i++)
            {
                Close.Same(gradients[i], sameGradients[i], $"gradient {i} on {threads} threads");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_does_not_fit_is_refused_with_the_layer_and_what_was_found(string kind)
    {
        (Attention layer, Parameter memory, Parameter queries) = Random(kind);
        var tape = new Tape(new Workers(1));
        AttentionMemory prepared = layer.Prepare(tape, memory);
        string name = layer.ToString();
        Refused(() => layer.Prepare(tape, new Tensor(new Shape(S, B, F + 1))), name, $"(S, B, {F})", $"({S}, {B}, {F + 1})");
        Refused(() => layer.Prepare(tape, new Tensor(new Shape(S, F))), name, $"({S}, {F})");
        Refused(() => layer.Prepare(tape, memory, [1, 2]), name, "source length", "found 2");
        Refused(() => layer.Prepare(tape, memory, [1, 0, 2]), name, "sequence 1", "from 1 to 6", "found 0");
        Refused(() => layer.Forward(tape, new Tensor(new Shape(T, B + 1, queries.Shape[2])), prepared), name, $"({T}, {B + 1}, ");
        Refused(() => layer.Forward(tape, new Tensor(new Shape(T, B, 9)), prepared), name, $"({T}, {B}, 9)");
        Refused(() => layer.Forward(tape, queries, prepared, [1, 2, 5]), name, "target length", "sequence 2", "from 0 to 4", "found 5");
    }

    [Fact]
    public void Sizes_that_are_none_are_refused()
    {
        var random = new SeededRandom(1);
        Refused(() => _ = new AdditiveAttention(0, 2, 3, random, "a"), "a: ", "found 0 and 2");
        Refused(() => _ = new AdditiveAttention(2, 2, 0, random, "a"), "a: ", "found 0");
        Refused(() => _ = new MultiplicativeAttention(2, 0, random, name: "m"), "m: ", "found 2 and 0");
        Refused(() => _ = new MultiplicativeAttention(2, 3, random, MultiplicativeScore.Dot, "m"), "m: ", "found 2 and 3", "general");
        Refused(() => _ = new MultiplicativeAttention(2, 3, random, (MultiplicativeScore)7, "m"), "m: ");
        var one = new MultiplicativeAttention(2, 3, random);
        var other = new AdditiveAttention(2, 3, 5, random);
        var tape = new Tape(new Workers(1));
        AttentionMemory memory = other.Prepare(tape, new Tensor(new Shape(4, 1, 3)));
        Refused(() => one.Forward(tape, new Tensor(new Shape(1, 1, 2)), memory), one.ToString(), "2 wide", "(4, 1, 5)");
    }

    [Fact]
    public void A_layer_says_what_it_is()
    {
        Assert.Equal("AdditiveAttention(3 x 5 in 19, 171 parameters)", Create("additive", 3, 5, 19).ToString());
        Assert.Equal("MultiplicativeAttention(3 x 5, general, 15 parameters)", Create("general", 3, 5, 19).ToString());
        Assert.Equal("MultiplicativeAttention(5 x 5, dot, 0 parameters)", Create("dot", 5, 5, 19).ToString());
    }

    private static Attention Create(string kind, int query, int memory, int size) => kind switch
    {
        "dot" => new MultiplicativeAttention(query, memory, new SeededRandom(2), MultiplicativeScore.Dot),
        "general" => new MultiplicativeAttention(query, memory, new SeededRandom(2)),
        _ => new AdditiveAttention(query, memory, size, new SeededRandom(2)),
    };

    private static (Attention Layer, Parameter Memory, Parameter Queries) Random(string kind)
    {
        int query = kind == "dot" ? F : Q;
        var random = new SeededRandom(6);
        var memory = new Parameter("memory", new Shape(S, B, F));
        var queries = new Parameter("queries", new Shape(T, B, query));
        Draw.Uniform(random, memory.Shape.Length, -1.5, 1.5).CopyTo(memory.Edit());
        Draw.Uniform(random, queries.Shape.Length, -1.5, 1.5).CopyTo(queries.Edit());
        return (Create(kind, query, F, A), memory, queries);
    }

    private static AttentionOutput Run(Tape tape, Attention layer, Tensor memory, Tensor queries, int[]? sources, int[]? targets) =>
        layer.Forward(tape, queries, layer.Prepare(tape, memory, sources), targets);

    private static (float[] Values, float[] Weights, float[][] Gradients) Results(Attention layer, Parameter memory, Parameter queries, int[] sources, int[] targets, int threads)
    {
        Parameter[] all = [memory, queries, .. layer.Parameters];
        Array.ForEach(all, parameter => parameter.Gradient.Clear());
        var tape = new Tape(new Workers(threads));
        AttentionOutput output = Run(tape, layer, memory, queries, sources, targets);
        float[] projection = Draw.Uniform(new SeededRandom(8), output.Context.Shape.Length, -1, 1);
        tape.Backward(tape.Sum(tape.Multiply(output.Context, new Tensor(output.Context.Shape, projection))));
        return (output.Context.Values.ToArray(), output.Weights.Values.ToArray(), [.. all.Select(parameter => parameter.Gradient.ToArray())]);
    }

    private static void Fill(Parameter sequences, int row, int from, float value)
    {
        int width = sequences.Shape[2];
        for (int t = from; t < sequences.Shape[0]; t++)
        {
            sequences.Edit().Slice(((t * B) + row) * width, width).Fill(value);
        }
    }

    private static double[] Naively(string kind, IReadOnlyDictionary<string, double[]> p, int query, int[]? sources, int[]? targets)
    {
        double[] contexts = new double[T * B * F];
        for (int b = 0; b < B; b++)
        {
            int steps = sources?[b] ?? S;
            for (int t = 0; t < (targets?[b] ?? T); t++)
            {
                double[] q = p["queries"][(((t * B) + b) * query)..][..query];
                double[] scores = [.. Enumerable.Range(0, steps).Select(s => Score(kind, p, q, p["memory"][(((s * B) + b) * F)..][..F]))];
                double[] powers = [.. scores.Select(score => Math.Exp(score - scores.Max()))];
                for (int i = 0; i < steps * F; i++)
                {
                    contexts[(((t * B) + b) * F) + (i % F)] += powers[i / F] / powers.Sum() * p["memory"][(((i / F * B) + b) * F) + (i % F)];
                }
            }
        }

        return contexts;
    }

    private static double Score(string kind, IReadOnlyDictionary<string, double[]> p, double[] q, double[] m)
    {
        double Column(double[] x, double[] w, int columns, int column) => x.Select((value, i) => value * w[(i * columns) + column]).Sum();
        return kind switch
        {
            "dot" => q.Zip(m, (x, y) => x * y).Sum(),
            "general" => q.Select((value, j) => value * Column(m, p["attention.weights"], q.Length, j)).Sum(),
            _ => Enumerable.Range(0, A).Sum(j => p["attention.score_weights"][j]
                * Math.Tanh(Column(q, p["attention.query_weights"], A, j) + Column(m, p["attention.key_weights"], A, j))),
        };
    }

    private static Parameter Given(GoldenFile golden, string name)
    {
        GoldenTensor tensor = golden.Tensor("inputs", name);
        var parameter = new Parameter(name, new Shape(tensor.Shape[0], tensor.Shape[1], tensor.Shape[2]));
        tensor.Floats.CopyTo(parameter.Edit());
        return parameter;
    }

    private static string Short(Parameter parameter) => parameter.Name.Replace("attention.", "", StringComparison.Ordinal);

    private static void Refused(Action action, string start, params string[] parts)
    {
        ArgumentException failure = Assert.ThrowsAny<ArgumentException>(action);
        Assert.StartsWith(start, failure.Message, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, failure.Message, StringComparison.Ordinal));
    }
}
