namespace Unfold.Training;

/// <summary>The settings of <see cref="Training.Momentum"/> and <see cref="Nesterov"/>.</summary>
public sealed record MomentumOptions
{
    /// <summary>How much of the velocity is kept from step to step, in [0, 1); 0.9 by default.</summary>
    public double Momentum { get; init; } = 0.9;
}
