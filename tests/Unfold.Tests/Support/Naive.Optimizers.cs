namespace Unfold.Tests.Support;

/// <summary>The update rules of PyTorch's optimizers, written as its documentation writes them; state is changed in place.</summary>
public static partial class Naive
{
    public static void Sgd(double[] p, ReadOnlySpan<double> g, double rate)
    {
        for (int i = 0; i < p.Length; i++)
        {
            p[i] -= rate * g[i];
        }
    }

    public static void Momentum(double[] p, ReadOnlySpan<double> g, double[] v, double rate, double momentum)
    {
        for (int i = 0; i < p.Length; i++)
        {
            v[i] = (momentum * v[i]) + g[i];
            p[i] -= rate * v[i];
        }
    }

    public static void Nesterov(double[] p, ReadOnlySpan<double> g, double[] v, double rate, double momentum)
    {
        for (int i = 0; i < p.Length; i++)
        {
            v[i] = (momentum * v[i]) + g[i];
            p[i] -= rate * (g[i] + (momentum * v[i]));
        }
    }

    public static void RmsProp(double[] p, ReadOnlySpan<double> g, double[] s, double rate, double alpha, double epsilon)
    {
        for (int i = 0; i < p.Length; i++)
        {
            s[i] = (alpha * s[i]) + ((1 - alpha) * g[i] * g[i]);
            p[i] -= rate * g[i] / (Math.Sqrt(s[i]) + epsilon);
        }
    }

    public static void Adagrad(double[] p, ReadOnlySpan<double> g, double[] s, double rate, double epsilon)
    {
        for (int i = 0; i < p.Length; i++)
        {
            s[i] += g[i] * g[i];
            p[i] -= rate * g[i] / (Math.Sqrt(s[i]) + epsilon);
        }
    }

    /// <summary>AdamW; Adam where the weight decay is 0. The first step is t = 1.</summary>
    public static void Adam(double[] p, ReadOnlySpan<double> g, double[] m, double[] v, int t, double rate, double beta1, double beta2, double epsilon, double weightDecay)
    {
        for (int i = 0; i < p.Length; i++)
        {
            p[i] -= rate * weightDecay * p[i];
            m[i] = (beta1 * m[i]) + ((1 - beta1) * g[i]);
            v[i] = (beta2 * v[i]) + ((1 - beta2) * g[i] * g[i]);
            double mean = m[i] / (1 - Math.Pow(beta1, t));
            double square = v[i] / (1 - Math.Pow(beta2, t));
            p[i] -= rate * mean / (Math.Sqrt(square) + epsilon);
        }
    }
}
