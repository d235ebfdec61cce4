using Unfold.Numerics;

namespace Unfold.Experiments.Data;

/// <summary>A sequence of symbols, and what is to be answered at each step.</summary>
/// <param name="Inputs">Ten symbols 1 to 8, blanks (0), then from the delimiter (9) on eleven times 9.</param>
/// <param name="Targets">Blanks, and at the last ten steps the ten symbols again.</param>
internal sealed record CopyExample(int[] Inputs, int[] Targets);

/// <summary>
/// The copy memory task, as in Bai et al. (2018): ten symbols are to be repeated after a delay. A sequence of delay T has T + 20 steps;
/// the loss is the mean cross-entropy over all of them.
/// </summary>
internal static class CopyMemory
{
    /// <summary>The symbols: blank, 1 to 8, delimiter.</summary>
    public const int Vocabulary = 10;

    /// <summary>How many symbols are to be repeated.</summary>
    public const int Recalled = 10;

    private const int Delimiter = 9;

    /// <summary>
    /// The loss, in nats a step, of one who knows all but the symbols: ten ln 8 over all T + 20 steps.
    /// </summary>
    public static double MemorylessLoss(int delay) => Recalled * Math.Log(8) / (delay + (2 * Recalled));

    /// <summary>Draws examples of the same delay.</summary>
    /// <param name="random">The source of chance.</param>
    /// <param name="delay">T, at least 1.</param>
    /// <param name="count">How many.</param>
    public static CopyExample[] Draw(SeededRandom random, int delay, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, 1);
        var examples = new CopyExample[count];
        for (int i = 0; i < count; i++)
        {
            int[] inputs = new int[delay + (2 * Recalled)];
            int[] targets = new int[inputs.Length];
            for (int k = 0; k < Recalled; k++)
            {
                inputs[k] = targets[delay + Recalled + k] = 1 + random.NextInt32(8);
            }

            inputs.AsSpan(delay + Recalled - 1).Fill(Delimiter);
            examples[i] = new CopyExample(inputs, targets);
        }

        return examples;
    }
}
