using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Goldens;

/// <summary>Outputs, states and all gradients of the recurrent layers against PyTorch.</summary>
[Trait("Path", "every")]
public sealed class CellGoldenTests
{
    public static TheoryData<string> Files =>
    [
        .. GoldenCells.Names.SelectMany(cell => new[] { $"{cell}-full", $"{cell}-lengths" }),
        "lstm-2-layers-full",
        "lstm-2-layers-lengths",
        "gru-reset-after-2-layers-full",
        "gru-reset-after-2-layers-lengths",
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Outputs_states_and_gradients_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = GoldenFile.Load(name);
        Dictionary<string, float[]> found = Run(golden, new Workers(1));
        var wanted = new HashSet<string>();
        foreach (string group in new[] { "results", "gradients" })
        {
            foreach (string key in golden.Names(group))
            {
                wanted.Add($"{group} {key}");
                Close.Equal(golden.Tensor(group, key).Data, found[$"{group} {key}"], relative: 1e-5, absolute: 1e-6, $"{name}: {group} {key}");
            }
        }

        Close.Equal([golden["loss"].GetDouble()], found["loss"], relative: 1e-5, absolute: 1e-6, $"{name}: loss");
        wanted.Add("loss");
        Assert.Equal(wanted.Order(), found.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_number_of_threads_does_not_change_a_bit(string name)
    {
        GoldenFile golden = GoldenFile.Load(name);
        Dictionary<string, float[]> one = Run(golden, new Workers(1));
        foreach (int count in new[] { 2, 3 })
        {
            foreach ((string key, float[] values) in Run(golden, new Workers(count)))
            {
                Close.Same(one[key], values, $"{name}: {key} on {count} threads");
            }
        }
    }

    private static Dictionary<string, float[]> Run(GoldenFile golden, Workers workers)
    {
        int layers = golden["layers"].GetInt32();
        int[] lengths = [.. golden["lengths"].EnumerateArray().Select(element => element.GetInt32())];
        IReadOnlyList<int>? given = lengths.All(length => length == golden.Size("T")) ? null : lengths;
        var tape = new Tape(workers);
        Parameter x = Leaf("x", golden.Tensor("inputs", "x"));
        var cells = new List<FusedCell>();
        var initial = new List<(Parameter H, Parameter? C)>();
        var final = new List<RecurrentState>();
        Tensor rows = x;
        for (int k = 0; k < layers; k++)
        {
            FusedCell cell = GoldenCells.Create(golden.Cell, rows.Shape.Columns, golden.Size("H"), new SeededRandom(1), $"layer{k}");
            foreach ((string letter, Parameter parameter) in GoldenCells.Letters(cell))
            {
                golden.Tensor("parameters", letter + Suffix(k, layers)).Floats.CopyTo(parameter.Edit());
            }

            Parameter h = Leaf($"h{k}", golden.Tensor("inputs", "h0").Layer(k, layers));
            Parameter? c = cell is LstmCell ? Leaf($"c{k}", golden.Tensor("inputs", "c0").Layer(k, layers)) : null;
            RecurrentOutput output = new Recurrent(cell).Forward(tape, SequenceInput.Of(rows), GoldenCells.State(cell, h, c), given);
            rows = output.Outputs;
            cells.Add(cell);
            initial.Add((h, c));
            final.Add(output.Final);
        }

        Tensor loss = Projected(tape, rows, golden.Tensor("projections", "outputs"));
        for (int k = 0; k < layers; k++)
        {
            loss = tape.Add(loss, Projected(tape, final[k].Hidden, golden.Tensor("projections", "h").Layer(k, layers)));
            if (final[k] is LstmState state)
            {
                loss = tape.Add(loss, Projected(tape, state.Cell, golden.Tensor("projections", "c").Layer(k, layers)));
            }
        }

        tape.Backward(loss);
        var found = new Dictionary<string, float[]>
        {
            ["loss"] = loss.Values.ToArray(),
            ["results outputs"] = rows.Values.ToArray(),
            ["results h"] = [.. final.SelectMany(state => state.Hidden.Values.ToArray())],
            ["gradients x"] = x.Gradient.ToArray(),
            ["gradients h0"] = [.. initial.SelectMany(state => state.H.Gradient.ToArray())],
        };
        if (cells[0] is LstmCell)
        {
            found["results c"] = [.. final.SelectMany(state => ((LstmState)state).Cell.Values.ToArray())];
            found["gradients c0"] = [.. initial.SelectMany(state => state.C!.Gradient.ToArray())];
        }

        for (int k = 0; k < layers; k++)
        {
            foreach ((string letter, Parameter parameter) in GoldenCells.Letters(cells[k]))
            {
                found[$"gradients {letter}{Suffix(k, layers)}"] = parameter.Gradient.ToArray();
            }
        }

        return found;
    }

    private static Tensor Projected(Tape tape, Tensor tensor, GoldenTensor projection) =>
        tape.Sum(tape.Multiply(tensor, new Tensor(tensor.Shape, projection.Floats)));

    private static Parameter Leaf(string name, GoldenTensor tensor)
    {
        var leaf = new Parameter(name, tensor.Shape.Length == 3 ? new Shape(tensor.Shape[0], tensor.Shape[1], tensor.Shape[2]) : new Shape(tensor.Shape[0], tensor.Shape[1]));
        tensor.Floats.CopyTo(leaf.Edit());
        return leaf;
    }

    private static string Suffix(int layer, int layers) => layers == 1 ? "" : $".{layer}";
}
