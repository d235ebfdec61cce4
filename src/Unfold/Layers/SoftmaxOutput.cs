using Unfold.Autograd;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Layers;

/// <summary>
/// The output of a model of classes: p = softmax(h W + b), trained with the mean cross-entropy -log p[target] in nats.
/// </summary>
/// <remarks>
/// Product, softmax and loss are one operation: the logits become their own gradient in place, so a large vocabulary
/// costs one matrix of logits and not three.
/// </remarks>
public sealed class SoftmaxOutput : OutputLayer
{
    /// <summary>Creates a layer; W is Glorot uniform, b zero.</summary>
    /// <param name="input">H, the width of the input.</param>
    /// <param name="classes">V, the number of classes.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    public SoftmaxOutput(int input, int classes, SeededRandom random, string name = "output")
    {
        Projection = new Dense(input, classes, random, name);
    }

    /// <summary>Creates a layer whose W is the table of an embedding, transposed, so that words of like meaning are foretold alike; b is zero.</summary>
    /// <param name="table">Owns the weights; H is the width of its vectors, V its number of tokens.</param>
    /// <param name="name">The name that its parameter's name begins with.</param>
    public SoftmaxOutput(Embedding table, string name = "output")
    {
        ArgumentNullException.ThrowIfNull(table);
        Projection = new Dense(table.Weights, name);
    }

    /// <summary>Creates a layer from its affine part.</summary>
    internal SoftmaxOutput(Dense projection) => Projection = projection;

    /// <summary>h W + b.</summary>
    public Dense Projection { get; }

    /// <inheritdoc/>
    public override int InputSize => Projection.InputSize;

    /// <inheritdoc/>
    public override int Classes => Projection.OutputSize;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Projection.Parameters;

    /// <inheritdoc/>
    public override Tensor Loss(Tape tape, Tensor input, ReadOnlyMemory<int> targets, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        Projection.Check(input);
        int rows = input.Shape.Rows, classes = Projection.OutputSize;
        int counted = Count(targets.Span, rows);
        Memory<float> logits = tape.Scratch(checked(rows * classes));
        Projection.Compute(tape.Workers, input.Values, rows, logits.Span);
        Tensor loss = tape.Result(new Shape(1), tape.NeedsGradient(input, Projection.Weights));
        double[] losses = System.Buffers.ArrayPool<double>.Shared.Rent(rows);
        float scale = loss.NeedsGradient ? 1f / counted : 0;
        tape.Workers.Run(part =>
        {
            (int first, int end) = tape.Workers.Share(rows, part);
            for (int row = first; row < end; row++)
            {
                Span<float> rowLogits = logits.Span.Slice(row * classes, classes);
                int target = targets.Span[row];
                losses[row] = target < 0 ? 0 : SoftmaxKernels.CrossEntropy(rowLogits, target, scale);
                if (target < 0)
                {
                    rowLogits.Clear();
                }
            }
        });
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            sum += losses[row];
        }

        System.Buffers.ArrayPool<double>.Shared.Return(losses);
        loss.Edit()[0] = (float)(sum / counted);
        tape.OnBackward(loss, () =>
        {
            float upstream = loss.Gradient[0];
            if (upstream != 1)
            {
                System.Numerics.Tensors.TensorPrimitives.Multiply(logits.Span, upstream, logits.Span);
            }

            Projection.AddGradients(tape.Workers, input, logits.Span);
        });
        return loss;
    }

    /// <inheritdoc/>
    public override Tensor Logits(Tape tape, Tensor input) => Projection.Forward(tape, input);

    /// <inheritdoc/>
    public override string ToString() => Projection.ToString();

    internal override void Prepare(Workers workers) => Projection.Prepare(workers);

    internal override void ComputeShare(ReadOnlySpan<float> input, int rows, Span<float> logits) => Projection.ComputeShare(input, rows, logits);
}
