using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Products;

namespace Unfold.Layers;

/// <summary>
/// Multiplicative attention (Luong et al., 2015): score(q, m) = q (m W)^T, called general there, or q m^T, called dot.
/// </summary>
public sealed class MultiplicativeAttention : Attention
{
    /// <summary>Creates a layer; W is Glorot uniform.</summary>
    /// <param name="querySize">Q, the width of a query.</param>
    /// <param name="memorySize">F, the width of a step of the source.</param>
    /// <param name="random">Where the weights come from; null leaves them for a file to fill.</param>
    /// <param name="score">How queries and steps are compared.</param>
    /// <param name="name">The name that its parameter's name begins with.</param>
    /// <exception cref="ArgumentException">A width is below 1, or the dot has two different ones.</exception>
    public MultiplicativeAttention(
        int querySize, int memorySize, SeededRandom? random, MultiplicativeScore score = MultiplicativeScore.General, string name = "attention")
        : base(querySize, memorySize, name)
    {
        if (!Enum.IsDefined(score))
        {
            throw new ArgumentOutOfRangeException(nameof(score), score, $"{name}: this score is not known.");
        }

        if (score == MultiplicativeScore.Dot && querySize != memorySize)
        {
            throw new ArgumentException($"{name}: the dot of query and memory wants one width of both; found {querySize} and {memorySize}: take the general score.", nameof(memorySize));
        }

        Score = score;
        if (score == MultiplicativeScore.General)
        {
            Weights = new Parameter($"{name}.weights", new Shape(memorySize, querySize));
            Weights.Initialize(Initializer.GlorotUniform, random);
        }
    }

    /// <summary>How queries and steps are compared.</summary>
    public MultiplicativeScore Score { get; }

    /// <summary>W, (F, Q); null for the dot.</summary>
    public Parameter? Weights { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Weights is null ? [] : [Weights];

    private protected override string Options => $", {Score.ToString().ToLowerInvariant()}";

    private protected override Tensor Keys(Tape tape, Tensor values) => Weights is null ? values : tape.MatrixProduct(values, Weights);

    private protected override AttentionScores Scores(Tape tape, Tensor queries, AttentionMemory memory)
    {
        QuerySizeOf(memory);
        return new Products(queries, memory.Keys);
    }

    private void QuerySizeOf(AttentionMemory memory)
    {
        if (memory.Keys.Shape[2] != QuerySize)
        {
            throw new ArgumentException($"{this}: the keys of the memory must be {QuerySize} wide; found {memory.Keys.Shape}: prepare it with this layer.", nameof(memory));
        }
    }

    private sealed class Products(Tensor queries, Tensor keys) : AttentionScores
    {
        private readonly int _width = queries.Shape[2];
        private readonly int _stride = queries.Shape[1] * queries.Shape[2];

        public override bool NeedsGradient => queries.NeedsGradient || keys.NeedsGradient;

        public override void PrepareBackward(Workers workers)
        {
            if (queries.NeedsGradient)
            {
                _ = queries.Gradient.Length;
            }

            if (keys.NeedsGradient)
            {
                _ = keys.Gradient.Length;
            }
        }

        public override void Compute(AttentionPlace place, Span<float> scores, int stride) =>
            MatrixProduct.Multiply(place.Alone, Queries(place), Keys(place).Transposed, scores, Accumulation.Overwrite, stride);

        public override void AddGradients(AttentionPlace place, ReadOnlySpan<float> scoreGradients)
        {
            var gradients = new MatrixView(scoreGradients, place.Queries, place.Steps);
            if (queries.NeedsGradient)
            {
                MatrixProduct.Multiply(place.Alone, gradients, Keys(place), queries.Gradient[(place.Sequence * _width)..], Accumulation.Add, _stride);
            }

            if (keys.NeedsGradient)
            {
                MatrixProduct.Multiply(place.Alone, gradients.Transposed, Queries(place), keys.Gradient[(place.Sequence * _width)..], Accumulation.Add, _stride);
            }
        }

        public override void EndBackward(Workers workers)
        {
        }

        private MatrixView Queries(AttentionPlace place) => new(queries.Values[(place.Sequence * _width)..], place.Queries, _width, _stride);

        private MatrixView Keys(AttentionPlace place) => new(keys.Values[(place.Sequence * _width)..], place.Steps, _width, _stride);
    }
}
