using Unfold.Models;

namespace Unfold.Experiments;

/// <summary>The losses of the parts of a single pass over the examples, from the mean over the pass so far.</summary>
/// <param name="parts">How many points it shall have.</param>
internal sealed class LossCurve(int parts)
{
    private const int Told = 10;

    private readonly List<double> _shares = [];
    private readonly List<double> _losses = [];
    private double _sum;

    /// <summary>Where the parts end, in (0, 1].</summary>
    public IReadOnlyList<double> Shares => _shares;

    /// <summary>The mean loss of each part.</summary>
    public IReadOnlyList<double> Losses => _losses;

    /// <summary>Takes what a fit tells, and tells the loss of every tenth of the pass on.</summary>
    public void Add(FitProgress progress, Action<double> tell)
    {
        if ((int)((progress.Done * parts) + 1e-9) <= (_shares.Count == 0 ? 0 : (int)((_shares[^1] * parts) + 1e-9)))
        {
            return;
        }

        // The mean so far times the share of the pass is a sum: its differences are those of the parts.
        double sum = progress.TrainingLoss * progress.Done;
        double share = progress.Done - (_shares.Count == 0 ? 0 : _shares[^1]);
        bool tenth = _shares.Count > 0 && (int)((progress.Done * Told) + 1e-9) > (int)((_shares[^1] * Told) + 1e-9);
        _shares.Add(progress.Done);
        _losses.Add((sum - _sum) / share);
        _sum = sum;
        if (tenth)
        {
            tell(_losses[^1]);
        }
    }
}
