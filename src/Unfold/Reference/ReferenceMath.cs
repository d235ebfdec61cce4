using Unfold.Numerics;

namespace Unfold.Reference;

/// <summary>The few words that the equations of this folder are written in: double precision, one number at a time.</summary>
public static class ReferenceMath
{
    /// <summary>1 / (1 + e^-a).</summary>
    public static double Sigmoid(double a) => 1 / (1 + Math.Exp(-a));

    /// <summary>f(a).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such activation.</exception>
    public static double Activate(Activation f, double a) => f switch
    {
        Activation.Tanh => Math.Tanh(a),
        Activation.Relu => Math.Max(0, a),
        Activation.Sigmoid => Sigmoid(a),
        Activation.Identity => a,
        _ => throw new ArgumentOutOfRangeException(nameof(f), f, "There is no such activation."),
    };

    /// <summary>g(a) = a + 0.5 for a >= 0 and sigmoid(a) below: positive, and continuous at 0.</summary>
    public static double PositiveCandidate(double a) => a >= 0 ? a + 0.5 : Sigmoid(a);

    /// <summary>
    /// Column j of x M: the sum over k of x[k] M[k, j]. M is row-major with x.Length rows, so its row length is M.Length / x.Length.
    /// </summary>
    public static double Column(double[] x, double[] M, int j)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(M);
        int columns = M.Length / x.Length;
        double sum = 0;
        for (int k = 0; k < x.Length; k++)
        {
            sum += x[k] * M[(k * columns) + j];
        }

        return sum;
    }

    /// <summary>-log softmax(logits)[target], in nats: log(sum of e^(logit - m)) + m - logits[target], m the largest logit.</summary>
    public static double CrossEntropy(double[] logits, int target)
    {
        ArgumentNullException.ThrowIfNull(logits);
        double m = logits.Max();
        return Math.Log(logits.Sum(logit => Math.Exp(logit - m))) + m - logits[target];
    }
}
