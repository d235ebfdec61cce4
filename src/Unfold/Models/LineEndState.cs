using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Text;

namespace Unfold.Models;

/// <summary>
/// The mean state in which lines end: (1/N) sum of s_t over N places t of a text after which a line feed, or the end of a sentence, comes.
/// </summary>
/// <remarks>
/// A few lines are enough, and what stands far before their ends no longer matters: 16 lines of 32 characters had the loss of 1,000 lines
/// to a thousandth of a nat.
/// </remarks>
internal static class LineEndState
{
    private const int Lines = 64, Steps = 64;

    // What follows the end of a line is hardly learned from fewer.
    private const int Fewest = 8;

    // How far a line's end is looked for.
    private const int Farthest = 1 << 14;

    /// <summary>Runs the model over the last tokens of lines from all over a text; null where hardly a line ends.</summary>
    public static StackState? Mean(LanguageModel model, TokenStore text, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(workers);
        int end = model.Vocabulary.LineFeedId;
        long[] ends = end == Vocabulary.UnknownId ? [] : [.. Find(text, end)];
        if (ends.Length < Fewest)
        {
            return null;
        }

        (_, StackState states) = model.Outputs(new Tape(workers) { Recording = false }, Before(text, ends), ends.Length, state: null);
        StackState mean = states.Map(tensor => MeanRow(tensor, ends.Length));
        return mean.Parts.All(part => OptimizerKernels.FirstNonFinite(part.Values.Values) < 0) ? mean : null;
    }

    /// <summary>The places of ends with enough before them: the next one after each of so many places at equal distances.</summary>
    private static IEnumerable<long> Find(TokenStore text, int end)
    {
        int[] block = new int[Farthest];
        long last = -1;
        for (int line = 0; line < Lines; line++)
        {
            long from = Steps + ((text.Count - Steps) * line / Lines);
            int length = (int)Math.Clamp(text.Count - from, 0, Farthest);
            text.Read(Math.Min(from, text.Count), block.AsSpan(0, length));
            int found = block.AsSpan(0, length).IndexOf(end);
            if (found >= 0 && from + found > last)
            {
                last = from + found;
                yield return last;
            }
        }
    }

    /// <summary>The tokens before each place, in order of time.</summary>
    private static int[] Before(TokenStore text, long[] places)
    {
        int[] tokens = new int[Steps * places.Length], window = new int[Steps];
        foreach ((int b, long place) in places.Index())
        {
            text.Read(place - Steps, window);
            for (int t = 0; t < Steps; t++)
            {
                tokens[(t * places.Length) + b] = window[t];
            }
        }

        return tokens;
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
