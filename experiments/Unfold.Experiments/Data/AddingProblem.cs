using Unfold.Numerics;

namespace Unfold.Experiments.Data;

/// <summary>A sequence with two marked numbers, and their sum.</summary>
/// <param name="Inputs">(T, 2): a number in [0, 1), and 1 where it is marked, else 0.</param>
/// <param name="Sum">The sum of the two marked numbers, in [0, 2).</param>
internal sealed record AddingExample(Frames Inputs, float Sum);

/// <summary>
/// The adding problem (Hochreiter and Schmidhuber, 1997), as in Bai et al. (2018): two steps anywhere in the sequence are marked, and at its
/// end the sum of their numbers is wanted. Who always answers 1 has a mean squared error of 1/6.
/// </summary>
internal static class AddingProblem
{
    /// <summary>The mean squared error of always answering 1: twice the variance 1/12 of a uniform number.</summary>
    public const double Floor = 1.0 / 6;

    /// <summary>Draws examples of the same length.</summary>
    /// <param name="random">The source of chance.</param>
    /// <param name="length">T, at least 2.</param>
    /// <param name="count">How many.</param>
    public static AddingExample[] Draw(SeededRandom random, int length, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        var examples = new AddingExample[count];
        for (int i = 0; i < count; i++)
        {
            float[] values = new float[length * 2];
            for (int t = 0; t < length; t++)
            {
                values[2 * t] = random.NextSingle();
            }

            int first = random.NextInt32(length);
            int second = random.NextInt32(length - 1);
            second += second >= first ? 1 : 0;
            values[(2 * first) + 1] = 1;
            values[(2 * second) + 1] = 1;
            examples[i] = new AddingExample(new Frames(2, values), values[2 * first] + values[2 * second]);
        }

        return examples;
    }
}
