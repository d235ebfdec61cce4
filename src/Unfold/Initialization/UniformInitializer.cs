using Unfold.Numerics;

namespace Unfold.Initialization;

/// <summary>Uniform in ±range, where the range follows from the fans.</summary>
internal sealed class UniformInitializer(Func<int, int, double> range) : Initializer
{
    private protected override void Write(Span<float> values, int fanIn, int fanOut, SeededRandom random)
    {
        double r = range(fanIn, fanOut);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(r * ((2 * random.NextDouble()) - 1));
        }
    }
}
