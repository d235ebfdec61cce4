namespace Unfold.Tests.Support;

/// <summary>
/// The equations in double precision, one number at a time: what every fast kernel must agree with. Matrices are
/// row-major without gaps; what a kernel writes in place is returned here.
/// </summary>
public static partial class Naive
{
    public static double Sigmoid(double a) => 1 / (1 + Math.Exp(-a));

    public static double Relu(double a) => double.IsNaN(a) || a > 0 ? a : 0;

    public static double[] Widen(ReadOnlySpan<float> values)
    {
        var result = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            result[i] = values[i];
        }

        return result;
    }

    /// <summary>A (m x k) times B (k x n).</summary>
    public static double[] Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int m, int n, int k)
    {
        var c = new double[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int p = 0; p < k; p++)
            {
                double x = a[(i * k) + p];
                for (int j = 0; j < n; j++)
                {
                    c[(i * n) + j] += x * b[(p * n) + j];
                }
            }
        }

        return c;
    }

    /// <summary>The matrix (rows x columns) with rows and columns exchanged.</summary>
    public static float[] Transpose(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        var result = new float[matrix.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                result[(j * rows) + i] = matrix[(i * columns) + j];
            }
        }

        return result;
    }

    /// <summary>softmax(logits).</summary>
    public static double[] Softmax(ReadOnlySpan<float> logits)
    {
        double largest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        var result = new double[logits.Length];
        double sum = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Math.Exp(logits[i] - largest);
            sum += result[i];
        }

        for (int i = 0; i < result.Length; i++)
        {
            result[i] /= sum;
        }

        return result;
    }

    /// <summary>-log softmax(logits)[target].</summary>
    public static double CrossEntropy(ReadOnlySpan<float> logits, int target)
    {
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp((double)logit - logits[target]);
        }

        return Math.Log(sum);
    }

    /// <summary>scale * (softmax(logits) - onehot(target)).</summary>
    public static double[] CrossEntropyGradient(ReadOnlySpan<float> logits, int target, double scale)
    {
        double[] gradient = Softmax(logits);
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = scale * (gradient[i] - (i == target ? 1 : 0));
        }

        return gradient;
    }

    public static double SumOfSquares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += (double)value * value;
        }

        return sum;
    }

    /// <summary>One sum a column of a matrix (rows x columns) whose rows lie a stride apart.</summary>
    public static double[] ColumnSums(ReadOnlySpan<float> matrix, int rows, int columns, int stride)
    {
        var sums = new double[columns];
        for (int row = 0; row < rows; row++)
        {
            for (int j = 0; j < columns; j++)
            {
                sums[j] += matrix[(row * stride) + j];
            }
        }

        return sums;
    }
}
