using System.Numerics.Tensors;
using Unfold.Numerics.Kernels;

namespace Unfold.Autograd.Operations;

/// <summary>Operations that make one row of all steps of a sequence. What lies past a sequence's end is not read, and takes no gradient.</summary>
public static class PoolingOperations
{
    /// <summary>The mean of the steps of each sequence: y[b] = (sum over t below L[b] of x[t, b]) / L[b], (T, B, F) gives (B, F).</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">x, (T, B, F).</param>
    /// <param name="lengths">L: for each of the B sequences its number of steps, 1 .. T; T where they are not given. They are copied.</param>
    /// <exception cref="ArgumentException">The tensor has not three dimensions, or a length does not fit.</exception>
    public static Tensor MeanSteps(this Tape tape, Tensor input, IReadOnlyList<int>? lengths = null)
    {
        (int time, int batch, int width) = Shapes.RequireSequence(tape, input, nameof(MeanSteps));
        KeptIntegers kept = Lengths(tape, lengths, time, batch, nameof(MeanSteps));
        Tensor result = tape.Result(new Shape(batch, width), tape.NeedsGradient(input));
        Span<float> y = result.Edit();
        y.Clear();
        for (int t = 0; t < time; t++)
        {
            for (int b = 0; b < batch; b++)
            {
                if (t < kept.Values[b])
                {
                    RowKernels.Add(input.Values.Slice(((t * batch) + b) * width, width), y.Slice(b * width, width));
                }
            }
        }

        for (int b = 0; b < batch; b++)
        {
            Span<float> row = y.Slice(b * width, width);
            TensorPrimitives.Divide(row, kept.Values[b], row);
        }

        tape.OnBackward(result, () =>
        {
            for (int t = 0; t < time; t++)
            {
                for (int b = 0; b < batch; b++)
                {
                    if (t < kept.Values[b])
                    {
                        RowKernels.AddScaled(1f / kept.Values[b], result.Gradient.Slice(b * width, width), input.Gradient.Slice(((t * batch) + b) * width, width));
                    }
                }
            }
        });
        return result;
    }

    /// <summary>
    /// The largest value of the steps of each sequence, column by column: y[b, j] = max over t below L[b] of x[t, b, j], (T, B, F)
    /// gives (B, F). The gradient goes to the first step that has it.
    /// </summary>
    /// <inheritdoc cref="MeanSteps" path="/param|/exception"/>
    public static Tensor MaxSteps(this Tape tape, Tensor input, IReadOnlyList<int>? lengths = null)
    {
        (int time, int batch, int width) = Shapes.RequireSequence(tape, input, nameof(MaxSteps));
        KeptIntegers kept = Lengths(tape, lengths, time, batch, nameof(MaxSteps));
        Tensor result = tape.Result(new Shape(batch, width), tape.NeedsGradient(input));
        var steps = new KeptIntegers(tape, batch * width);
        Span<float> y = result.Edit();
        Span<int> chosen = steps.Values;
        chosen.Clear();
        input.Values[..(batch * width)].CopyTo(y);
        for (int t = 1; t < time; t++)
        {
            ReadOnlySpan<float> step = input.Values.Slice(t * batch * width, batch * width);
            for (int b = 0; b < batch; b++)
            {
                for (int i = b * width; t < kept.Values[b] && i < (b + 1) * width; i++)
                {
                    // A NaN is kept, so that it is seen.
                    if (step[i] > y[i] || float.IsNaN(step[i]))
                    {
                        (y[i], chosen[i]) = (step[i], t);
                    }
                }
            }
        }

        tape.OnBackward(result, () =>
        {
            ReadOnlySpan<float> dy = result.Gradient;
            ReadOnlySpan<int> at = steps.Values;
            Span<float> dx = input.Gradient;
            for (int i = 0; i < dy.Length; i++)
            {
                dx[(at[i] * batch * width) + i] += dy[i];
            }
        });
        return result;
    }

    private static KeptIntegers Lengths(Tape tape, IReadOnlyList<int>? lengths, int time, int batch, string operation)
    {
        if (lengths is not null)
        {
            return KeptIntegers.Lengths(tape, lengths, batch, 1, time, operation);
        }

        var whole = new KeptIntegers(tape, batch);
        whole.Values.Fill(time);
        return whole;
    }
}
