namespace Unfold.Training;

/// <summary>The settings of <see cref="PlateauSchedule"/>.</summary>
public sealed record PlateauOptions
{
    /// <summary>What the learning rate is multiplied by on a plateau, in (0, 1]; 0.5 by default.</summary>
    public double Factor { get; init; } = 0.5;

    /// <summary>How many losses in a row may fail to be a new best before the rate falls with the next one, at least 0; 2 by default.</summary>
    public int Patience { get; init; } = 2;

    /// <summary>The lowest learning rate, at least 0; 0 by default.</summary>
    public double Minimum { get; init; }

    /// <summary>By which share of the best loss a loss must be lower to be a new best, in [0, 1); 1e-4 by default.</summary>
    public double Threshold { get; init; } = 1e-4;
}
