using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Goldens;

/// <summary>Two bidirectional layers, over padded batches too: outputs, states and all gradients against PyTorch.</summary>
[Trait("Path", "every")]
public sealed class BidirectionalGoldenTests
{
    public static TheoryData<string> Files =>
    [
        .. new[] { "lstm", "gru-reset-after", "rnn-tanh" }.SelectMany(cell => new[] { $"{cell}-bidirectional-2-layers-full", $"{cell}-bidirectional-2-layers-lengths" }),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Outputs_states_and_gradients_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = GoldenFile.Load(name);
        int layers = golden["layers"].GetInt32(), hidden = golden.Size("H");
        int[] lengths = [.. golden["lengths"].EnumerateArray().Select(element => element.GetInt32())];
        FusedCell[] cells = [.. Enumerable.Range(0, 2 * layers).Select(i => Cell(golden, i, i < 2 ? golden.Size("I") : 2 * hidden))];
        var stack = new StackedLayers([.. Enumerable.Range(0, layers).Select(k => new Bidirectional(cells[2 * k], cells[(2 * k) + 1]))]);
        GoldenTensor h0 = golden.Tensor("inputs", "h0");
        GoldenTensor? c0 = cells[0] is LstmCell ? golden.Tensor("inputs", "c0") : null;
        Parameter x = Leaf("x", golden.Tensor("inputs", "x"));
        Parameter[] h = [.. cells.Select((_, i) => Leaf($"h{i}", h0.Layer(i, cells.Length)))];
        Parameter[] c = c0 is null ? [] : [.. cells.Select((_, i) => Leaf($"c{i}", c0.Layer(i, cells.Length)))];
        RecurrentState State(int i) => GoldenCells.State(cells[i], h[i], c.Length == 0 ? null : c[i]);
        var initial = new StackState([.. Enumerable.Range(0, layers).Select(k => new BidirectionalState(State(2 * k), State((2 * k) + 1)))]);

        var tape = new Tape(new Workers(2));
        SequenceOutput output = stack.Forward(tape, SequenceInput.Of(x), initial, lengths.Distinct().Count() == 1 ? null : lengths);
        RecurrentState[] final = [.. ((StackState)output.Final).Layers.Cast<BidirectionalState>().SelectMany(state => new[] { state.Forward, state.Backward })];
        Tensor loss = Projected(tape, output.Outputs, golden.Tensor("projections", "outputs"));
        for (int i = 0; i < cells.Length; i++)
        {
            loss = tape.Add(loss, Projected(tape, final[i].Hidden, golden.Tensor("projections", "h").Layer(i, cells.Length)));
            if (final[i] is LstmState state)
            {
                loss = tape.Add(loss, Projected(tape, state.Cell, golden.Tensor("projections", "c").Layer(i, cells.Length)));
            }
        }

        tape.Backward(loss);
        var found = new Dictionary<string, float[]>
        {
            ["results outputs"] = output.Outputs.Values.ToArray(),
            ["results h"] = [.. final.SelectMany(state => state.Hidden.Values.ToArray())],
            ["gradients x"] = x.Gradient.ToArray(),
            ["gradients h0"] = [.. h.SelectMany(state => state.Gradient.ToArray())],
        };
        if (c.Length > 0)
        {
            found["results c"] = [.. final.SelectMany(state => ((LstmState)state).Cell.Values.ToArray())];
            found["gradients c0"] = [.. c.SelectMany(state => state.Gradient.ToArray())];
        }

        for (int i = 0; i < cells.Length; i++)
        {
            foreach ((string letter, Parameter parameter) in GoldenCells.Letters(cells[i]))
            {
                found[$"gradients {letter}.{i}"] = parameter.Gradient.ToArray();
            }
        }

        string[] wanted = [.. new[] { "results", "gradients" }.SelectMany(group => golden.Names(group).Select(key => $"{group} {key}"))];
        Assert.Equal(wanted.Order(), found.Keys.Order());
        foreach (string key in wanted)
        {
            string[] parts = key.Split(' ');
            Close.Equal(golden.Tensor(parts[0], parts[1]).Data, found[key], relative: 1e-5, absolute: 1e-6, $"{name}: {key}");
        }

        Close.Equal([golden["loss"].GetDouble()], loss.Values, relative: 1e-5, absolute: 1e-6, $"{name}: loss");
    }

    private static FusedCell Cell(GoldenFile golden, int index, int input)
    {
        FusedCell cell = GoldenCells.Create(golden.Cell, input, golden.Size("H"), new SeededRandom(1), $"cells.{index}");
        foreach ((string letter, Parameter parameter) in GoldenCells.Letters(cell))
        {
            golden.Tensor("parameters", $"{letter}.{index}").Floats.CopyTo(parameter.Edit());
        }

        return cell;
    }

    private static Parameter Leaf(string name, GoldenTensor tensor)
    {
        var leaf = new Parameter(name, tensor.Shape.Length == 3 ? new Shape(tensor.Shape[0], tensor.Shape[1], tensor.Shape[2]) : new Shape(tensor.Shape[0], tensor.Shape[1]));
        tensor.Floats.CopyTo(leaf.Edit());
        return leaf;
    }

    private static Tensor Projected(Tape tape, Tensor tensor, GoldenTensor projection) =>
        tape.Sum(tape.Multiply(tensor, new Tensor(tensor.Shape, projection.Floats)));
}
