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
public sealed class SoftmaxOutput
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
        Projection = new Dense(table, name);
    }

    /// <summary>h W + b.</summary>
    public Dense Projection { get; }

    /// <summary>The mean cross-entropy over all rows whose target is not negative.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">h: any shape whose last dimension is H.</param>
    /// <param name="targets">One class for each row of h; a negative one leaves its row out.</param>
    /// <exception cref="ArgumentException">There is not one target a row, or none that counts, or one is not a class.</exception>
    public Tensor Loss(Tape tape, Tensor input, ReadOnlyMemory<int> targets)
    {
        ArgumentNullException.ThrowIfNull(tape);
        Projection.Check(input);
        int rows = input.Shape.Rows, classes = Projection.OutputSize;
        int counted = Count(targets.Span, rows);
        Memory<float> logits = tape.Scratch(checked(rows * classes));
        Projection.Compute(tape.Workers, input.Values, rows, logits.Span);
        Tensor loss = tape.Result(new Shape(1), needsGradient: true);
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

    private int Count(ReadOnlySpan<int> targets, int rows)
    {
        if (targets.Length != rows)
        {
            throw new ArgumentException($"{Projection}: there must be one target for each of the {rows} rows; found {targets.Length}.", nameof(targets));
        }

        int counted = 0;
        foreach (int target in targets)
        {
            if (target >= Projection.OutputSize)
            {
                throw new ArgumentException($"{Projection}: a target must be below {Projection.OutputSize}; found {target}.", nameof(targets));
            }

            counted += target >= 0 ? 1 : 0;
        }

        return counted > 0 ? counted : throw new ArgumentException($"{Projection}: no target counts: all are negative.", nameof(targets));
    }
}
