namespace Unfold.Training;

/// <summary>The settings of <see cref="Adam"/>; the defaults are PyTorch's.</summary>
public sealed record AdamOptions
{
    /// <summary>How much of the mean gradient is kept from step to step, in [0, 1); 0.9 by default.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of the mean square is kept from step to step, in [0, 1); 0.999 by default.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root, above 0; 1e-8 by default.</summary>
    public double Epsilon { get; init; } = 1e-8;
}
