using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Text;

namespace Unfold.Models;

/// <summary>
/// The mean state in which lines end: (1/N) sum of s_t over N places t of a text after which a line feed, or the end of a sentence, comes.
/// </summary>
/// <remarks>Few lines are enough, and what stands far before an end hardly matters.</remarks>
internal static class LineEndState
{
    /// <summary>The most lines, and the tokens before the end of each that are read.</summary>
    internal const int Lines = 32, Steps = 32;

    /// <summary>The fewest lines: what follows the end of one is hardly learned from fewer.</summary>
    internal const int Fewest = 8;

    /// <summary>How far an end is looked for from each of as many places as lines are wanted.</summary>
    internal const int Farthest = 1 << 14;

    // So short that a training that fits in memory has room for it, so long that packing the weights costs little.
    private const int StepsAtOnce = 4;

    /// <summary>Runs the model over the last tokens of lines from all over a text; null where hardly a line ends.</summary>
    public static StackState? Mean(LanguageModel model, TokenStore text, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(workers);
        int end = model.Vocabulary.LineFeedId;
        long[] ends = end == Vocabulary.UnknownId ? [] : Find(text, end);
        if (ends.Length < Fewest)
        {
            return null;
        }

        StackState mean = Run(model, text, ends, workers).Map(tensor => MeanRow(tensor, ends.Length));
        return mean.Parts.All(part => OptimizerKernels.FirstNonFinite(part.Values.Values) < 0) ? mean : null;
    }

    /// <summary>The places of ends with enough before them: the next one after each of so many places at equal distances.</summary>
    internal static long[] Find(TokenStore text, int end)
    {
        int[] block = new int[Farthest];
        var ends = new List<long>(Lines);
        for (int line = 0; line < Lines; line++)
        {
            long from = Steps + ((text.Count - Steps) * line / Lines);
            int length = (int)Math.Clamp(text.Count - from, 0, Farthest);
            text.Read(Math.Min(from, text.Count), block.AsSpan(0, length));
            int found = block.AsSpan(0, length).IndexOf(end);
            if (found >= 0 && (ends.Count == 0 || from + found > ends[^1]))
            {
                ends.Add(from + found);
            }
        }

        return [.. ends];
    }

    /// <summary>The states before each place, a row each.</summary>
    private static StackState Run(LanguageModel model, TokenStore text, long[] places, Workers workers)
    {
        var tape = new Tape(workers) { Recording = false };
        StackState states = model.ZeroState(places.Length);
        int[] window = new int[StepsAtOnce];
        for (int start = 0; start < Steps; start += StepsAtOnce)
        {
            int[] tokens = new int[StepsAtOnce * places.Length];
            foreach ((int b, long place) in places.Index())
            {
                text.Read(place - Steps + start, window);
                for (int t = 0; t < StepsAtOnce; t++)
                {
                    tokens[(t * places.Length) + b] = window[t];
                }
            }

            states.CopyFrom(model.Outputs(tape, tokens, places.Length, states).Final);
            tape.Reset();
        }

        return states;
    }

    private static Tensor MeanRow(Tensor rows, int count)
    {
        int width = rows.Shape.Columns;
        float[] mean = new float[width];
        for (int column = 0; column < width; column++)
        {
            double sum = 0;
            for (int row = 0; row < count; row++)
            {
                sum += rows.Values[(row * width) + column];
            }

            mean[column] = (float)(sum / count);
        }

        return new Tensor(new Shape(1, width), mean);
    }
}
