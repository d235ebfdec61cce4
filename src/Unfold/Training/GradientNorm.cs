namespace Unfold.Training;

/// <summary>What <see cref="Clipping"/> found.</summary>
/// <param name="Norm">The Euclidean norm of all gradients together, before any clipping.</param>
/// <param name="Scale">min(1, maximum / (norm + 1e-6)): the factor of the gradients that <see cref="Optimizer.Step"/> takes.</param>
public readonly record struct GradientNorm(double Norm, float Scale);
