using Unfold.Numerics;

namespace Unfold.Initialization;

/// <summary>Normal with mean 0, where the standard deviation follows from the fans.</summary>
internal sealed class NormalInitializer(Func<int, int, double> deviation) : Initializer
{
    private protected override void Write(Span<float> values, int fanIn, int fanOut, SeededRandom random)
    {
        double d = deviation(fanIn, fanOut);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(d * random.NextNormal());
        }
    }
}
