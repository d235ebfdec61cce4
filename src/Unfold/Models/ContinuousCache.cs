using System.Numerics.Tensors;

namespace Unfold.Models;

/// <summary>
/// The last N outputs h_i of a model, each with the token x_i that came after it (Grave et al., 2017):
/// p(w) = sum of exp(theta h h_i) over the i whose x_i is w, divided by the sum over all i.
/// </summary>
/// <param name="size">N, at least 1; N outputs fit into one array.</param>
/// <param name="width">The width of h.</param>
/// <param name="flatness">theta.</param>
internal sealed class ContinuousCache(int size, int width, double flatness)
{
    private readonly float[] _outputs = new float[size * width];
    private readonly int[] _tokens = new int[size];
    private readonly double[] _scores = new double[size];
    private int _next;

    /// <summary>How many outputs are remembered.</summary>
    public int Count { get; private set; }

    /// <summary>p(token) after an output; where nothing is remembered nothing is likely.</summary>
    public double Probability(ReadOnlySpan<float> output, int token)
    {
        double highest = double.NegativeInfinity;
        for (int i = 0; i < Count; i++)
        {
            _scores[i] = flatness * TensorPrimitives.Dot(output, _outputs.AsSpan(i * width, width));
            highest = Math.Max(highest, _scores[i]);
        }

        double sum = 0, right = 0;
        for (int i = 0; i < Count; i++)
        {
            double e = Math.Exp(_scores[i] - highest);
            sum += e;
            right += _tokens[i] == token ? e : 0;
        }

        return Count == 0 ? 0 : right / sum;
    }

    /// <summary>Remembers an output and what came after it in place of the oldest one.</summary>
    public void Add(ReadOnlySpan<float> output, int token)
    {
        output.CopyTo(_outputs.AsSpan(_next * width, width));
        _tokens[_next] = token;
        _next = (_next + 1) % size;
        Count = Math.Min(Count + 1, size);
    }
}
