using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Layers;

/// <summary>Additive attention (Bahdanau et al., 2015): score(q, m) = v^T tanh(q W_q + m W_k), compared in A dimensions.</summary>
public sealed class AdditiveAttention : Attention
{
    /// <summary>Creates a layer; all weights are Glorot uniform.</summary>
    /// <param name="querySize">Q, the width of a query.</param>
    /// <param name="memorySize">F, the width of a step of the source.</param>
    /// <param name="size">A, the width in which they are compared.</param>
    /// <param name="random">Where the weights come from; null leaves them for a file to fill.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    /// <exception cref="ArgumentException">A width is below 1.</exception>
    public AdditiveAttention(int querySize, int memorySize, int size, SeededRandom? random, string name = "attention")
        : base(querySize, memorySize, name)
    {
        if (size < 1)
        {
            throw new ArgumentException($"{name}: the width of the comparison must be at least 1; found {size}.", nameof(size));
        }

        QueryWeights = new Parameter($"{name}.query_weights", new Shape(querySize, size));
        KeyWeights = new Parameter($"{name}.key_weights", new Shape(memorySize, size));
        ScoreWeights = new Parameter($"{name}.score_weights", new Shape(size, 1));
        QueryWeights.Initialize(Initializer.GlorotUniform, random);
        KeyWeights.Initialize(Initializer.GlorotUniform, random);
        ScoreWeights.Initialize(Initializer.GlorotUniform, random);
    }

    /// <summary>A, the width in which queries and steps are compared.</summary>
    public int Size => QueryWeights.Shape[1];

    /// <summary>W_q, (Q, A).</summary>
    public Parameter QueryWeights { get; }

    /// <summary>W_k, (F, A).</summary>
    public Parameter KeyWeights { get; }

    /// <summary>v, (A, 1).</summary>
    public Parameter ScoreWeights { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [QueryWeights, KeyWeights, ScoreWeights];

    private protected override string Options => $" in {Size}";

    private protected override Tensor Keys(Tape tape, Tensor values) => tape.MatrixProduct(values, KeyWeights);

    private protected override AttentionScores Scores(Tape tape, Tensor queries, AttentionMemory memory) =>
        memory.Keys.Shape[2] == Size
            ? new Sums(tape, tape.MatrixProduct(queries, QueryWeights), memory, ScoreWeights)
            : throw new ArgumentException($"{this}: the keys of the memory must be {Size} wide; found {memory.Keys.Shape}: prepare it with this layer.", nameof(memory));

    private sealed class Sums : AttentionScores
    {
        private readonly Tape _tape;
        private readonly Tensor _queries;
        private readonly Tensor _keys;
        private readonly Parameter _v;
        private readonly int _batch, _width;

        // For each thread the keys of the sequence that it works on, side by side, and their gradients.
        private readonly Memory<float> _packed;
        private readonly int _packedLength;
        private Memory<float> _packedGradients;

        // The gradient of v by sequence, so that its sum does not depend on the threads.
        private Memory<float> _vGradients;

        public Sums(Tape tape, Tensor queries, AttentionMemory memory, Parameter v)
        {
            (_tape, _queries, _keys, _v) = (tape, queries, memory.Keys, v);
            (_batch, _width) = (memory.Batch, queries.Shape[2]);
            _packedLength = memory.Time * _width;
            _packed = tape.Scratch(checked(tape.Workers.Count * _packedLength));
        }

        public override bool NeedsGradient => true;

        public override void PrepareBackward(Workers workers)
        {
            _ = _queries.Gradient.Length + _keys.Gradient.Length;
            _packedGradients = _tape.Scratch(workers.Count * _packedLength);
            _vGradients = _tape.Scratch(_batch * _width);
            _vGradients.Span.Clear();
        }

        public override void Compute(AttentionPlace place, Span<float> scores, int stride)
        {
            ReadOnlySpan<float> keys = PackKeys(place);
            for (int query = 0; query < place.Queries; query++)
            {
                AdditiveScoreKernels.Scores(Row(_queries.Values, query, place), keys, _v.Values, scores.Slice(query * stride, place.Steps));
            }
        }

        public override void AddGradients(AttentionPlace place, ReadOnlySpan<float> scoreGradients)
        {
            ReadOnlySpan<float> keys = PackKeys(place);
            Span<float> keyGradients = _packedGradients.Span.Slice(place.Part * _packedLength, keys.Length);
            keyGradients.Clear();
            for (int query = 0; query < place.Queries; query++)
            {
                AdditiveScoreKernels.AddGradients(
                    Row(_queries.Values, query, place),
                    keys,
                    _v.Values,
                    scoreGradients.Slice(query * place.Steps, place.Steps),
                    _queries.Gradient.Slice(((query * _batch) + place.Sequence) * _width, _width),
                    keyGradients,
                    _vGradients.Span.Slice(place.Sequence * _width, _width));
            }

            for (int step = 0; step < place.Steps; step++)
            {
                RowKernels.Add(keyGradients.Slice(step * _width, _width), _keys.Gradient.Slice(((step * _batch) + place.Sequence) * _width, _width));
            }
        }

        public override void EndBackward(Workers workers) => Reductions.AddColumnSums(_vGradients.Span, _batch, _width, _v.Gradient, workers);

        private Span<float> PackKeys(AttentionPlace place)
        {
            Span<float> packed = _packed.Span.Slice(place.Part * _packedLength, place.Steps * _width);
            for (int step = 0; step < place.Steps; step++)
            {
                Row(_keys.Values, step, place).CopyTo(packed[(step * _width)..]);
            }

            return packed;
        }

        private ReadOnlySpan<float> Row(ReadOnlySpan<float> values, int step, AttentionPlace place) => values.Slice(((step * _batch) + place.Sequence) * _width, _width);
    }
}
