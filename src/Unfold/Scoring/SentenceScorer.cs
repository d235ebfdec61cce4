using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Scoring;

/// <summary>
/// Scores lines, each as a text of its own (see <see cref="SentenceEncoder"/>). Lines that begin alike share the work, and what stands at
/// the same place of different lines is computed at once. A score does not depend on the lines beside it.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="workers">
/// The threads; the result does not depend on their number. A team of several serves one call at a time, and throws at a second: threads that share a scorer give it a
/// team of one.
/// </param>
public sealed class SentenceScorer(NextTokenModel model, Workers workers)
{
    // The states of so many lines are held at once.
    private const int LinesAtOnce = 1024;

    private readonly SentenceEncoder _encoder = new((model ?? throw new ArgumentNullException(nameof(model))).Vocabulary);

    /// <summary>The model.</summary>
    public NextTokenModel Model => model;

    /// <summary>Scores lines, in their order.</summary>
    /// <param name="lines">Without line feeds.</param>
    /// <param name="progress">Called with the share that is done, in [0, 1].</param>
    /// <param name="cancellation">Stops the scoring.</param>
    /// <exception cref="ArgumentException">A line holds a line feed.</exception>
    /// <exception cref="UnfoldException">The model's weights overflow, so that a probability is not a number, or a line holds a mark that is no word.</exception>
    public IReadOnlyList<SentenceScore> Score(IReadOnlyList<string> lines, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var scores = new List<SentenceScore>(lines.Count);
        foreach (string[] some in lines.Chunk(LinesAtOnce))
        {
            var tree = new TokenTree();
            int[][] tokens = [.. some.Select(_encoder.Encode)];
            int[] ends = [.. tokens.Select(line => tree.Add(line))];
            double[] values = model.LogProbabilities(tree, workers, share => progress?.Invoke((scores.Count + (share * some.Length)) / lines.Count), cancellation);
            if (values.AsSpan().IndexOf(double.NaN) is >= 0 and var bad)
            {
                throw model.FailureAt(tree.Token(bad));
            }

            scores.AddRange(tokens.Zip(ends, (line, end) => new SentenceScore(line, tree.Along(values, end))));
        }

        return scores;
    }
}
