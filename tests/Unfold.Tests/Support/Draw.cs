using Unfold.Numerics;

namespace Unfold.Tests.Support;

/// <summary>Random operands.</summary>
public static class Draw
{
    /// <summary>Numbers from a normal distribution with mean 0.</summary>
    public static float[] Normal(SeededRandom random, int length, double deviation = 1)
    {
        var values = new float[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = (float)(deviation * random.NextNormal());
        }

        return values;
    }

    /// <summary>Numbers that are uniform in [low, high).</summary>
    public static float[] Uniform(SeededRandom random, int length, double low, double high)
    {
        var values = new float[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = (float)(low + ((high - low) * random.NextDouble()));
        }

        return values;
    }
}
