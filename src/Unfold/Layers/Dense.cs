using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;

namespace Unfold.Layers;

/// <summary>The affine layer y = x W + b.</summary>
public sealed class Dense
{
    // Fewer rows than this come one token at a time, with the same weights again and again.
    private const int RowsThatArePacked = 4;

    private readonly PackedWeights _packed;
    private readonly bool _tied;

    /// <summary>Creates a layer; W is Glorot uniform, b zero.</summary>
    /// <param name="input">The width of x.</param>
    /// <param name="output">The width of y.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    public Dense(int input, int output, SeededRandom random, string name = "dense")
    {
        if (input < 1 || output < 1)
        {
            throw new ArgumentException($"{name}: input and output size must be at least 1; found {input} and {output}.");
        }

        Weights = new Parameter($"{name}.weights", new Shape(input, output));
        Bias = new Parameter($"{name}.bias", new Shape(output));
        Weights.Initialize(Initializer.GlorotUniform, random);
        _packed = new PackedWeights(Weights);
    }

    /// <summary>Creates a layer whose W is a table transposed (Press and Wolf, 2017; Inan et al., 2017), so that y has a value for each of its rows.</summary>
    internal Dense(Parameter table, string name)
    {
        _tied = true;
        Weights = table;
        Bias = new Parameter($"{name}.bias", new Shape(OutputSize));
        _packed = new PackedWeights(Weights, Transposition.Right);
    }

    /// <summary>The width of x.</summary>
    public int InputSize => Weights.Shape[_tied ? 1 : 0];

    /// <summary>The width of y.</summary>
    public int OutputSize => Weights.Shape[_tied ? 0 : 1];

    /// <summary>W, (input, output); its transposition where it is the table of an embedding, which owns it.</summary>
    public Parameter Weights { get; }

    /// <summary>b, (output).</summary>
    public Parameter Bias { get; }

    /// <summary>W and b; b alone where W belongs to an embedding.</summary>
    public IReadOnlyList<Parameter> Parameters => _tied ? [Bias] : [Weights, Bias];

    /// <summary>Computes y for all rows of x.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">x: any shape whose last dimension is the input size; y has the same outer dimensions.</param>
    /// <exception cref="ArgumentException">The last dimension is another.</exception>
    public Tensor Forward(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(tape);
        Check(input);
        Shape shape = input.Shape;
        Tensor output = tape.Result(shape.WithColumns(OutputSize), tape.NeedsGradient(input, Weights));
        Compute(tape.Workers, input.Values, shape.Rows, output.Edit());
        tape.OnBackward(output, () => AddGradients(tape.Workers, input, output.Gradient));
        return output;
    }

    /// <summary>Writes the constructor with the number of parameters.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"Dense({InputSize} -> {OutputSize}{(_tied ? ", weights of the embedding" : "")}, {Parameters.Sum(parameter => parameter.Shape.Length):N0} parameters)");

    private MatrixView W => _tied ? new MatrixView(Weights.Values, OutputSize, InputSize).Transposed : new MatrixView(Weights.Values, InputSize, OutputSize);

    internal void Check(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Shape.Columns != InputSize || input.Shape.Rows == 0)
        {
            throw new ArgumentException($"{this}: the input must be {InputSize} wide with at least one row; found the shape {input.Shape}.", nameof(input));
        }
    }

    internal void Compute(Workers workers, ReadOnlySpan<float> input, int rows, Span<float> output)
    {
        for (int row = 0; row < rows; row++)
        {
            Bias.Values.CopyTo(output.Slice(row * OutputSize, OutputSize));
        }

        if (rows < RowsThatArePacked)
        {
            _packed.Prepare(workers, forBackward: false);
            _packed.Forward.Multiply(input, InputSize, rows, output, OutputSize, Accumulation.Add);
            return;
        }

        MatrixProduct.Multiply(workers, new MatrixView(input, rows, InputSize), W, output, Accumulation.Add);
    }

    /// <summary>Computes y for rows that threads share out among themselves: prepares what all of them read.</summary>
    internal void Prepare(Workers workers) => _packed.Prepare(workers, forBackward: false);

    /// <summary>Computes y for some rows on the calling thread, after <see cref="Prepare"/>.</summary>
    internal void ComputeShare(ReadOnlySpan<float> input, int rows, Span<float> output)
    {
        for (int row = 0; row < rows; row++)
        {
            Bias.Values.CopyTo(output.Slice(row * OutputSize, OutputSize));
        }

        _packed.Forward.Multiply(input, InputSize, rows, output, OutputSize, Accumulation.Add);
    }

    internal void AddGradients(Workers workers, Tensor input, ReadOnlySpan<float> outputGradient)
    {
        int rows = input.Shape.Rows;
        var gradient = new MatrixView(outputGradient, rows, OutputSize);
        var x = new MatrixView(input.Values, rows, InputSize);
        if (_tied)
        {
            MatrixProduct.Multiply(workers, gradient.Transposed, x, Weights.Gradient, Accumulation.Add);
        }
        else
        {
            MatrixProduct.Multiply(workers, x.Transposed, gradient, Weights.Gradient, Accumulation.Add);
        }

        Reductions.AddColumnSums(outputGradient, rows, OutputSize, Bias.Gradient, workers);
        if (input.NeedsGradient)
        {
            MatrixProduct.Multiply(workers, gradient, W.Transposed, input.Gradient, Accumulation.Add);
        }
    }
}
