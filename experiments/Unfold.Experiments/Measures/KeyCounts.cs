using Unfold.Experiments.Data;

namespace Unfold.Experiments.Measures;

/// <summary>
/// The floors of polyphonic music, in nats a frame: the sum of 88 binary cross-entropies, averaged over all frames but the first of
/// each piece, which nothing can foretell. Counts are smoothed by one on either side.
/// </summary>
internal sealed class KeyCounts
{
    private readonly double[] _on = new double[Chorale.Keys];
    private readonly double[] _onAfterOn = new double[Chorale.Keys];
    private readonly double[] _onAfterOff = new double[Chorale.Keys];

    /// <summary>Counts how often each key sounds, and how often after it did, or did not, a step before.</summary>
    public KeyCounts(IEnumerable<Chorale> pieces)
    {
        double[] on = new double[Chorale.Keys];
        double[] stays = new double[Chorale.Keys];
        double[] leaves = new double[Chorale.Keys];
        int frames = 0;
        foreach ((int[] before, int[] now) in pieces.SelectMany(Steps))
        {
            frames++;
            foreach (int key in now)
            {
                on[key]++;
                stays[key] += before.Contains(key) ? 1 : 0;
            }

            foreach (int key in before)
            {
                leaves[key]++;
            }
        }

        for (int key = 0; key < Chorale.Keys; key++)
        {
            _on[key] = (on[key] + 1) / (frames + 2);
            _onAfterOn[key] = (stays[key] + 1) / (leaves[key] + 2);
            _onAfterOff[key] = (on[key] - stays[key] + 1) / (frames - leaves[key] + 2);
        }
    }

    /// <summary>The loss of one who knows how often each key sounds.</summary>
    public double IndependentLoss(IEnumerable<Chorale> pieces) => Loss(pieces, (_, key) => _on[key]);

    /// <summary>The loss of one who also sees, for each key by itself, whether it sounded a step before.</summary>
    public double MarkovLoss(IEnumerable<Chorale> pieces) => Loss(pieces, (before, key) => before.Contains(key) ? _onAfterOn[key] : _onAfterOff[key]);

    private static IEnumerable<(int[] Before, int[] Now)> Steps(Chorale piece) => piece.Notes.Zip(piece.Notes.Skip(1));

    private static double Loss(IEnumerable<Chorale> pieces, Func<int[], int, double> probability) => pieces.SelectMany(Steps)
        .Average(step => Enumerable.Range(0, Chorale.Keys).Sum(key =>
            -Math.Log(step.Now.Contains(key) ? probability(step.Before, key) : 1 - probability(step.Before, key))));
}
