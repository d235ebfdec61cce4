using System.Numerics;
using Unfold.Autograd;
using Unfold.Numerics.Kernels;

namespace Unfold.Models;

/// <summary>Brings variables to mean 0 and standard deviation 1: z = (x - mean) / deviation, by what training examples show.</summary>
public sealed class Standardization
{
    /// <summary>Takes what has been learned before.</summary>
    /// <param name="means">One a variable.</param>
    /// <param name="deviations">One a variable, above 0.</param>
    /// <exception cref="UnfoldException">There is not one of each for every variable, or a number is out of range.</exception>
    public Standardization(IReadOnlyList<double> means, IReadOnlyList<double> deviations)
    {
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(deviations);
        if (means.Count != deviations.Count || !means.All(double.IsFinite) || !deviations.All(deviation => deviation > 0 && double.IsFinite(deviation)))
        {
            throw new UnfoldException($"A standardization holds one finite mean and one deviation above 0 for each variable; found {means.Count} means and {deviations.Count} deviations.");
        }

        // Copies, so that a list that changes later cannot change a scale.
        (Means, Deviations) = ([.. means], [.. deviations]);
    }

    /// <summary>The mean of each variable.</summary>
    public IReadOnlyList<double> Means { get; }

    /// <summary>The standard deviation of each variable; 1 for one that never changes.</summary>
    public IReadOnlyList<double> Deviations { get; }

    /// <summary>The number of variables.</summary>
    public int Width => Means.Count;

    /// <summary>The scale that leaves all variables as they are: mean 0 and deviation 1.</summary>
    /// <param name="width">The number of variables, at least 1.</param>
    /// <exception cref="UnfoldException">There is no variable.</exception>
    public static Standardization None(int width)
    {
        RequireWidth(width);
        return new([.. Enumerable.Repeat(0.0, width)], [.. Enumerable.Repeat(1.0, width)]);
    }

    /// <summary>Learns from rows of variables, all of one width.</summary>
    /// <param name="rows">Blocks of whole rows, with at least one row in all.</param>
    /// <param name="width">The number of variables, at least 1.</param>
    /// <typeparam name="T">The type of the numbers.</typeparam>
    /// <exception cref="UnfoldException">There is no variable or no row, a block ends within a row, or a mean or a deviation is not a finite number.</exception>
    public static Standardization Learn<T>(IEnumerable<ReadOnlyMemory<T>> rows, int width)
        where T : INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(rows);
        RequireWidth(width);
        double[] means = new double[width], squares = new double[width];
        long count = 0;
        foreach (ReadOnlyMemory<T> block in rows)
        {
            ReadOnlySpan<T> values = block.Span;
            if (values.Length % width != 0)
            {
                throw new UnfoldException($"A standardization is learned from whole rows of variables; found {values.Length} numbers for {width} variables.");
            }

            for (int start = 0; start < values.Length; start += width)
            {
                count++;
                for (int i = 0; i < width; i++)
                {
                    // Welford's way, which does not lose the digits of a small deviation around a large mean.
                    double value = double.CreateChecked(values[start + i]), distance = value - means[i];
                    means[i] += distance / count;
                    squares[i] += distance * (value - means[i]);
                }
            }
        }

        if (count == 0)
        {
            throw new UnfoldException("A standardization is learned from at least one row of variables; found none.");
        }

        return new Standardization(means, [.. squares.Select(square => square > 0 ? Math.Sqrt(square / count) : 1)]);
    }

    /// <summary>z of whole rows.</summary>
    public void Apply(ReadOnlySpan<float> values, Span<float> standardized)
    {
        for (int i = 0; i < values.Length; i++)
        {
            standardized[i] = Apply(values[i], i % Width);
        }
    }

    /// <summary>z of one value.</summary>
    internal float Apply(double value, int variable) => (float)((value - Means[variable]) / Deviations[variable]);

    /// <summary>x = mean + deviation z, for one variable.</summary>
    public double Undo(double standardized, int variable) => Means[variable] + (Deviations[variable] * standardized);

    /// <summary>x of each row of z, (.., width).</summary>
    /// <exception cref="UnfoldException">A value is not a number or infinite.</exception>
    internal double[][] UndoRows(Tensor standardized)
    {
        ReadOnlySpan<float> values = standardized.Values;
        if (OptimizerKernels.FirstNonFinite(values) >= 0)
        {
            throw new UnfoldException("The model's values are not numbers: its weights are damaged, or the input is far from the training examples.");
        }

        var rows = new double[standardized.Shape.Rows][];
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = new double[Width];
            for (int i = 0; i < Width; i++)
            {
                rows[row][i] = Undo(values[(row * Width) + i], i);
            }
        }

        return rows;
    }

    private static void RequireWidth(int width)
    {
        if (width < 1)
        {
            throw new UnfoldException($"A standardization is one of at least one variable; found {width}.");
        }
    }
}
