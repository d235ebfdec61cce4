namespace Unfold.Training;

/// <summary>The settings of <see cref="Adagrad"/>; the default is PyTorch's.</summary>
public sealed record AdagradOptions
{
    /// <summary>Added to the root, above 0; 1e-10 by default.</summary>
    public double Epsilon { get; init; } = 1e-10;
}
