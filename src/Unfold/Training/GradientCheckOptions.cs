using Unfold.Numerics;

namespace Unfold.Training;

/// <summary>How <see cref="GradientCheck"/> looks.</summary>
public sealed record GradientCheckOptions
{
    /// <summary>The most entries of one parameter that are perturbed; a larger parameter is sampled. At least 1; 50 if not set.</summary>
    public int EntriesPerParameter { get; init; } = 50;

    /// <summary>Chooses the entries that are sampled.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The threads that the tape uses; one if not set.</summary>
    public Workers? Workers { get; init; }
}
