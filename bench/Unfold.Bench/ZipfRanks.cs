using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>Draws ranks as words are, by Zipf's law: the n-th commonest has a share of 1 / n of the first.</summary>
internal sealed class ZipfRanks
{
    private readonly double[] _borders;

    public ZipfRanks(int count)
    {
        _borders = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            _borders[i] = sum += 1.0 / (i + 1);
        }
    }

    /// <summary>A rank from 0 on.</summary>
    public int Draw(SeededRandom random)
    {
        int border = Array.BinarySearch(_borders, random.NextDouble() * _borders[^1]);
        return Math.Min(border < 0 ? ~border : border + 1, _borders.Length - 1);
    }
}
