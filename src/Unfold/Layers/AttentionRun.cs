using System.Numerics.Tensors;
using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;

namespace Unfold.Layers;

/// <summary>One run of an attention over all queries of a batch: scores, weights and contexts as a single operation.</summary>
/// <remarks>
/// Each thread takes sequences of its own. Everything stays in order of time; a sequence is a matrix whose rows lie B rows apart.
/// </remarks>
internal sealed class AttentionRun
{
    // A product does so many multiply-adds in the time that other operations take for one value.
    private const int ProductsAValue = 8;

    private readonly AttentionScores _scores;
    private readonly Tape _tape;
    private readonly AttentionMemory _memory;
    private readonly IReadOnlyList<int>? _queryLengths;
    private readonly int _queries, _steps, _batch, _width;
    private readonly Memory<float> _weights;
    private readonly Memory<float> _contexts;
    private readonly Workers?[] _alone;

    public AttentionRun(AttentionScores scores, Tape tape, AttentionMemory memory, Autograd.Tensor queries, IReadOnlyList<int>? queryLengths)
    {
        (_scores, _tape, _memory, _queries, _queryLengths) = (scores, tape, memory, queries.Shape[0], queryLengths);
        (_steps, _batch, _width) = (memory.Time, memory.Batch, memory.Values.Shape[2]);
        var contexts = new Shape(_queries, _batch, _width);
        var weights = new Shape(_queries, _batch, _steps);
        _contexts = tape.Scratch(contexts.Length);
        _weights = tape.Scratch(weights.Length);
        _alone = tape.Workers.Count == 1 ? [tape.Workers] : new Workers?[tape.Workers.Count];
        Output = new AttentionOutput(
            tape.View(contexts, _contexts, tape.NeedsGradient(queries, memory.Keys, memory.Values) || scores.NeedsGradient),
            tape.View(weights, _weights, needsGradient: false));
    }

    public AttentionOutput Output { get; }

    private int Work => (int)Math.Min((long)_queries * _steps * _width / ProductsAValue, int.MaxValue);

    public void Forward() => Each(place =>
    {
        Span<float> weights = _weights.Span[(place.Sequence * _steps)..], contexts = _contexts.Span[(place.Sequence * _width)..];
        _scores.Compute(place, weights, _batch * _steps);
        for (int query = 0; query < _queries; query++)
        {
            Span<float> row = weights.Slice(query * _batch * _steps, _steps);
            int steps = query < place.Queries ? place.Steps : 0;
            SoftmaxKernels.Probabilities(row[..steps], row[..steps]);
            row[steps..].Clear();
            if (steps == 0)
            {
                contexts.Slice(query * _batch * _width, _width).Clear();
            }
        }

        MatrixProduct.Multiply(place.Alone, Weights(place), Values(place), contexts, Accumulation.Overwrite, _batch * _width);
    });

    public void Backward()
    {
        _scores.PrepareBackward(_tape.Workers);
        _ = Output.Context.Gradient.Length;
        if (_memory.Values.NeedsGradient)
        {
            _ = _memory.Values.Gradient.Length;
        }

        // What a thread works on stays in its cache.
        int size = _queries * _steps;
        Memory<float> work = _tape.Scratch(checked(_tape.Workers.Count * size));
        Each(place =>
        {
            var gradient = new MatrixView(Output.Context.Gradient[(place.Sequence * _width)..], place.Queries, _width, _batch * _width);
            if (_memory.Values.NeedsGradient)
            {
                Span<float> values = _memory.Values.Gradient[(place.Sequence * _width)..];
                MatrixProduct.Multiply(place.Alone, Weights(place).Transposed, gradient, values, Accumulation.Add, _batch * _width);
            }

            if (_scores.NeedsGradient)
            {
                Span<float> scores = work.Span.Slice(place.Part * size, place.Queries * place.Steps);
                MatrixProduct.Multiply(place.Alone, gradient, Values(place).Transposed, scores, Accumulation.Overwrite);
                TurnIntoScoreGradients(place, scores);
                _scores.AddGradients(place, scores);
            }
        });
        _scores.EndBackward(_tape.Workers);
    }

    /// <summary>From the gradients of the weights a to those of the scores: de = a (da - (sum over s of da a)).</summary>
    private void TurnIntoScoreGradients(AttentionPlace place, Span<float> gradients)
    {
        for (int query = 0; query < place.Queries; query++)
        {
            ReadOnlySpan<float> weights = _weights.Span.Slice(((query * _batch) + place.Sequence) * _steps, place.Steps);
            Span<float> row = gradients.Slice(query * place.Steps, place.Steps);
            TensorPrimitives.Subtract(row, TensorPrimitives.Dot(weights, row), row);
            TensorPrimitives.Multiply(weights, row, row);
        }
    }

    private MatrixView Weights(AttentionPlace place) => new(_weights.Span[(place.Sequence * _steps)..], place.Queries, place.Steps, _batch * _steps);

    private MatrixView Values(AttentionPlace place) => new(_memory.Values.Values[(place.Sequence * _width)..], place.Steps, _width, _batch * _width);

    private void Each(Action<AttentionPlace> body) => RowLoop.Run(_tape.Workers, _batch, Work, (part, first, end) =>
    {
        Workers alone = _alone[part] ??= new Workers(1);
        for (int row = first; row < end; row++)
        {
            body(new AttentionPlace(row, _queryLengths?[row] ?? _queries, _memory.Lengths?[row] ?? _steps, part, alone));
        }
    });
}
