using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Text;

namespace Unfold.Models;

/// <summary>
/// Runs a recurrent model through a tree of tokens, all nodes of one depth as one batch: the state of a node is that of its parent,
/// one step on. A node's distribution is computed only where something follows it.
/// </summary>
internal sealed class LanguageModelTree
{
    // So many logits of a thread stay in the second cache level between the product and the softmax.
    private const int LogitsAtOnce = 1 << 18;

    private readonly LanguageModel _model;
    private readonly TokenTree _tree;
    private readonly Workers _workers;
    private readonly double[] _values;

    public LanguageModelTree(LanguageModel model, TokenTree tree, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(workers);
        (_model, _tree, _workers) = (model, tree, workers);
        _values = new double[tree.Count];
    }

    /// <summary>ln p of each node's token, given the path to it.</summary>
    public double[] LogProbabilities(Action<double>? progress, CancellationToken cancellation)
    {
        Arena first = _model.Memory.Take(), second = _model.Memory.Take();
        try
        {
            // Two tapes take turns: one holds the states that the other's step begins with.
            Walk([new Tape(_workers, first) { Recording = false }, new Tape(_workers, second) { Recording = false }], progress, cancellation);
            return _values;
        }
        finally
        {
            _model.Memory.Return(first);
            _model.Memory.Return(second);
        }
    }

    private void Walk(Tape[] tapes, Action<double>? progress, CancellationToken cancellation)
    {
        LanguageModelSession start = _model.StartLine();
        foreach (int child in _tree.Children(0))
        {
            _values[child] = start.LogProbability(_tree.Token(child));
        }

        _model.Output.Prepare(_workers);
        var rowOf = new Dictionary<int, int> { [0] = 0 };
        StackState states = start.State;
        int done = 1 + _tree.Children(0).Count;
        progress?.Invoke((double)done / _tree.Count);
        for (int depth = 1; depth < _tree.Depth; depth++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] nodes = [.. _tree.Level(depth).Where(node => _tree.Children(node).Count > 0)];
            RequireTokens(nodes);
            int[] rows = [.. nodes.Select(node => rowOf[_tree.Parent(node)])];
            Tape tape = tapes[depth % 2];
            tape.Reset();
            StackState before = states.Map(tensor => Gather(tape, tensor, rows));
            (Tensor outputs, states) = _model.Outputs(tape, nodes.Select(_tree.Token).ToArray(), nodes.Length, before);
            ScoreChildren(tape, nodes, outputs);
            rowOf = nodes.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
            done += _tree.Level(depth + 1).Count;
            progress?.Invoke((double)done / _tree.Count);
        }
    }

    private static Tensor Gather(Tape tape, Tensor states, int[] rows)
    {
        int width = states.Shape.Columns;
        Tensor gathered = tape.Result(new Shape(rows.Length, width), needsGradient: false);
        Span<float> destination = gathered.Edit();
        for (int row = 0; row < rows.Length; row++)
        {
            states.Values.Slice(rows[row] * width, width).CopyTo(destination[(row * width)..]);
        }

        return gathered;
    }

    private void ScoreChildren(Tape tape, int[] nodes, Tensor outputs)
    {
        OutputLayer output = _model.Output;
        int width = output.InputSize, classes = output.Classes;
        int shared = (nodes.Length + _workers.Count - 1) / _workers.Count;
        int atOnce = Math.Clamp(LogitsAtOnce / classes, 1, shared);
        ReadOnlyMemory<float> hidden = outputs.Memory;
        Memory<float> memory = tape.Scratch(checked(_workers.Count * atOnce * classes));
        _workers.Run(part =>
        {
            (int first, int end) = _workers.Share(nodes.Length, part);
            Span<float> logits = memory.Span.Slice(part * atOnce * classes, atOnce * classes);
            for (int row = first; row < end; row += atOnce)
            {
                int count = Math.Min(atOnce, end - row);
                output.ComputeShare(hidden.Span.Slice(row * width, count * width), count, logits[..(count * classes)]);
                for (int i = 0; i < count; i++)
                {
                    ScoreChildren(nodes[row + i], logits.Slice(i * classes, classes));
                }
            }
        });
    }

    private void ScoreChildren(int node, ReadOnlySpan<float> logits)
    {
        double normalizer = SoftmaxKernels.LogSumExp(logits);
        foreach (int child in _tree.Children(node))
        {
            _values[child] = Math.Min(0, logits[_tree.Token(child)] - normalizer);
        }
    }

    private void RequireTokens(int[] nodes)
    {
        foreach (int child in nodes.SelectMany(_tree.Children).Concat(nodes))
        {
            if ((uint)_tree.Token(child) >= (uint)_model.Vocabulary.Count)
            {
                throw new ArgumentException($"A token must be from 0 to {_model.Vocabulary.Count - 1}; found {_tree.Token(child)}.");
            }
        }
    }
}
