using Unfold.Autograd;

namespace Unfold.Models;

/// <summary>The label that a model chooses, and how likely it holds each.</summary>
/// <param name="Label">The likeliest label; of equals the first.</param>
/// <param name="Probability">Its probability.</param>
/// <param name="Probabilities">One for each label in the order of the model's table; their sum is 1.</param>
public sealed record Classification(string Label, double Probability, ReadOnlyMemory<float> Probabilities)
{
    /// <summary>Reads one classification a row of softmax(logits).</summary>
    /// <exception cref="UnfoldException">A probability is not a number.</exception>
    internal static Classification[] Rows(Tensor probabilities, LabelTable labels)
    {
        int classes = labels.Count;
        float[] all = probabilities.Values.ToArray();
        var rows = new Classification[probabilities.Shape.Rows];
        for (int row = 0; row < rows.Length; row++)
        {
            ReadOnlyMemory<float> values = all.AsMemory(row * classes, classes);
            int best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(values.Span);
            rows[row] = float.IsFinite(values.Span[best])
                ? new Classification(labels.Labels[best], values.Span[best], values)
                : throw new UnfoldException("The model's probabilities are not numbers: its weights are damaged, or the input is far from the training examples.");
        }

        return rows;
    }
}
