namespace Unfold.Models;

/// <summary>What a fit came to.</summary>
/// <param name="Epochs">For each pass over the examples its losses.</param>
/// <param name="BestEpoch">The pass, from 1, whose weights were kept: of the lowest validation loss, or the last without validation examples.</param>
/// <param name="Seconds">The time that it took.</param>
public sealed record FitResult(IReadOnlyList<EpochLosses> Epochs, int BestEpoch, double Seconds)
{
    /// <summary>Whether the run was stopped: then the last pass may be a part of one, and that is not validated.</summary>
    public bool Stopped { get; init; }

    /// <summary>Whether the weights that were kept are those of a part of a pass, as there was no whole one that was validated.</summary>
    public bool OfPart { get; init; }

    /// <summary>The losses of the pass whose weights were kept.</summary>
    public EpochLosses Best => Epochs[BestEpoch - 1];
}

/// <summary>The losses of one pass over the examples.</summary>
/// <param name="Training">The mean training loss while the weights changed.</param>
/// <param name="Validation">The validation loss after the pass; NaN without validation examples.</param>
public readonly record struct EpochLosses(double Training, double Validation);
