namespace Unfold.Training;

/// <summary>The settings of <see cref="RmsProp"/>; the defaults are PyTorch's.</summary>
public sealed record RmsPropOptions
{
    /// <summary>How much of the mean square is kept from step to step, in [0, 1); 0.99 by default.</summary>
    public double Alpha { get; init; } = 0.99;

    /// <summary>Added to the root, above 0; 1e-8 by default.</summary>
    public double Epsilon { get; init; } = 1e-8;
}
