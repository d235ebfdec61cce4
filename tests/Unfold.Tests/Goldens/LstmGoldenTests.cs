using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Goldens;

/// <summary>The LSTM's options against PyTorch's projection and the cells of TensorFlow 1: outputs, states and all gradients.</summary>
[Trait("Path", "every")]
public sealed class LstmGoldenTests
{
    private static readonly Dictionary<string, LstmOptions> Options = new()
    {
        ["projected"] = new() { Projection = 3 },
        ["projected-lengths"] = new() { Projection = 3 },
        ["projected-2-layers"] = new() { Projection = 3 },
        ["projected-2-layers-bidirectional"] = new() { Projection = 3 },
        ["tf1"] = new() { Peepholes = true, Projection = 3, CellClip = 0.4, ProjectionClip = 0.15 },
        ["tf1-lengths"] = new() { Peepholes = true, Projection = 3, CellClip = 0.5, ProjectionClip = 0.12 },
        ["tf1-coupled"] = new() { CoupledInputForget = true, Peepholes = true, Projection = 3, ProjectionClip = 0.4, LayerNormalization = true },
        ["tf1-normalized"] = new() { LayerNormalization = true },
    };

    public static TheoryData<string> Files => [.. Options.Keys];

    [Fact]
    public void Every_file_is_tested() => Assert.Equal(
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Goldens"), "lstm-options-*.json").Select(Path.GetFileNameWithoutExtension).Order(),
        Options.Keys.Select(name => $"lstm-options-{name}").Order());

    [Theory]
    [MemberData(nameof(Files))]
    public void Outputs_states_and_gradients_are_those_of_the_peer(string name)
    {
        GoldenFile golden = GoldenFile.Load($"lstm-options-{name}");
        Dictionary<string, float[]> found = Run(golden, Options[name], new Workers(1));
        foreach (string group in new[] { "results", "gradients" })
        {
            foreach (string key in golden.Names(group))
            {
                Close.Equal(golden.Tensor(group, key).Data, found[$"{group} {key}"], relative: 1e-5, absolute: 2e-6, $"{name}: {group} {key}");
            }
        }

        Close.Equal([golden["loss"].GetDouble()], found["loss"], relative: 1e-5, absolute: 1e-6, $"{name}: loss");
        Assert.Equal(found.Count - 1, golden.Names("results").Count() + golden.Names("gradients").Count());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_number_of_threads_does_not_change_a_bit(string name)
    {
        GoldenFile golden = GoldenFile.Load($"lstm-options-{name}");
        Dictionary<string, float[]> one = Run(golden, Options[name], new Workers(1));
        foreach (int count in new[] { 2, 3 })
        {
            foreach ((string key, float[] values) in Run(golden, Options[name], new Workers(count)))
            {
                Close.Same(one[key], values, $"{name}: {key} on {count} threads");
            }
        }
    }

    private static Dictionary<string, float[]> Run(GoldenFile golden, LstmOptions options, Workers workers)
    {
        string[] names = [.. golden["cells"].EnumerateArray().Select(element => element.GetString()!)];
        int[] lengths = [.. golden["lengths"].EnumerateArray().Select(element => element.GetInt32())];
        bool bidirectional = names.Contains("0.backward");
        var leaves = new Dictionary<string, Parameter> { ["x"] = Leaf("x", golden.Tensor("inputs", "x")) };
        var layers = new List<SequenceLayer>();
        var states = new List<SequenceState>();
        int input = golden.Size("I");
        for (int layer = 0; layer < names.Length / (bidirectional ? 2 : 1); layer++)
        {
            (ExtendedLstmCell forward, LstmState state) = Cell($"{layer}");
            if (bidirectional)
            {
                (ExtendedLstmCell backward, LstmState other) = Cell($"{layer}.backward");
                layers.Add(new Bidirectional(forward, backward));
                states.Add(new BidirectionalState(state, other));
            }
            else
            {
                layers.Add(new Recurrent(forward));
                states.Add(state);
            }

            input = layers[^1].OutputSize;
        }

        var tape = new Tape(workers);
        IReadOnlyList<int>? given = lengths.All(length => length == golden.Size("T")) ? null : lengths;
        SequenceOutput output = new StackedLayers(layers).Forward(tape, SequenceInput.Of(leaves["x"]), new StackState(states), given);
        Dictionary<string, LstmState> finals = Finals((StackState)output.Final);
        Tensor loss = Projected(tape, output.Outputs, golden.Tensor("projections", "outputs"));
        foreach ((string name, LstmState final) in finals)
        {
            loss = tape.Add(loss, Projected(tape, final.Hidden, golden.Tensor("projections", $"h.{name}")));
            loss = tape.Add(loss, Projected(tape, final.Cell, golden.Tensor("projections", $"c.{name}")));
        }

        tape.Backward(loss);
        var found = new Dictionary<string, float[]> { ["loss"] = loss.Values.ToArray(), ["results outputs"] = output.Outputs.Values.ToArray() };
        foreach ((string name, LstmState final) in finals)
        {
            found[$"results h.{name}"] = final.Hidden.Values.ToArray();
            found[$"results c.{name}"] = final.Cell.Values.ToArray();
        }

        foreach ((string name, Parameter leaf) in leaves)
        {
            found[$"gradients {name}"] = leaf.Gradient.ToArray();
        }

        return found;

        (ExtendedLstmCell Cell, LstmState State) Cell(string name)
        {
            var cell = new ExtendedLstmCell(input, golden.Size("H"), new SeededRandom(1), options, $"layer.{name}");
            (string Letter, Parameter? Parameter)[] letters =
            [
                ("U", cell.InputWeights), ("W", cell.RecurrentWeights), ("b", cell.Bias), ("k", cell.Peepholes), ("V", cell.Projection),
                ("n", cell.Gains), ("nc", cell.CellGain), ("bc", cell.CellShift),
            ];
            foreach ((string letter, Parameter? parameter) in letters)
            {
                if (parameter is not null)
                {
                    golden.Tensor("parameters", $"{letter}.{name}").Floats.CopyTo(parameter.Edit());
                    leaves.Add($"{letter}.{name}", parameter);
                }
            }

            leaves.Add($"h0.{name}", Leaf($"h0.{name}", golden.Tensor("inputs", $"h0.{name}")));
            leaves.Add($"c0.{name}", Leaf($"c0.{name}", golden.Tensor("inputs", $"c0.{name}")));
            return (cell, new LstmState(leaves[$"h0.{name}"], leaves[$"c0.{name}"]));
        }
    }

    private static Dictionary<string, LstmState> Finals(StackState stack)
    {
        var finals = new Dictionary<string, LstmState>();
        for (int layer = 0; layer < stack.Layers.Count; layer++)
        {
            finals.Add($"{layer}", (LstmState)(stack.Layers[layer] is BidirectionalState both ? both.Forward : stack.Layers[layer]));
            if (stack.Layers[layer] is BidirectionalState { Backward: var backward })
            {
                finals.Add($"{layer}.backward", (LstmState)backward);
            }
        }

        return finals;
    }

    private static Tensor Projected(Tape tape, Tensor tensor, GoldenTensor projection) =>
        tape.Sum(tape.Multiply(tensor, new Tensor(tensor.Shape, projection.Floats)));

    private static Parameter Leaf(string name, GoldenTensor tensor)
    {
        var leaf = new Parameter(name, tensor.Shape.Length == 3 ? new Shape(tensor.Shape[0], tensor.Shape[1], tensor.Shape[2]) : new Shape(tensor.Shape[0], tensor.Shape[1]));
        tensor.Floats.CopyTo(leaf.Edit());
        return leaf;
    }
}
