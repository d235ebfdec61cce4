using System.Buffers;
using Unfold.Numerics;

namespace Unfold.Autograd.Operations;

/// <summary>
/// Shares rows out among threads where they are many. Each row is computed wholly by one thread in the same way, so the bits
/// do not depend on the number of threads.
/// </summary>
/// <remarks>A gradient is made when it is first asked for, which is no work for several threads: ask for it before the loop.</remarks>
internal static class RowLoop
{
    // Below this many values the work is done before another core hears of it.
    private const int SharedValues = 1 << 14;

    /// <summary>Calls <paramref name="range"/> with the first row and the end of each share.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The work in a row, in values.</param>
    /// <param name="range">Computes rows first .. end-1.</param>
    public static void Run(Workers workers, int rows, int columns, Action<int, int> range) =>
        Run(workers, rows, columns, (_, first, end) => range(first, end));

    /// <summary>Calls <paramref name="range"/> with the number of the share, its first row and its end.</summary>
    public static void Run(Workers workers, int rows, int columns, Action<int, int, int> range)
    {
        if (workers.Count == 1 || (long)rows * columns < SharedValues)
        {
            range(0, 0, rows);
            return;
        }

        workers.Run(part =>
        {
            (int first, int end) = workers.Share(rows, part);
            range(part, first, end);
        });
    }

    /// <summary>The sum of a number that is computed for each row, added up in order.</summary>
    public static double Sum(Workers workers, int rows, int columns, Func<int, double> value)
    {
        double[] values = ArrayPool<double>.Shared.Rent(rows);
        Run(workers, rows, columns, (first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                values[row] = value(row);
            }
        });
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            sum += values[row];
        }

        ArrayPool<double>.Shared.Return(values);
        return sum;
    }
}
