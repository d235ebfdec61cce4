namespace Unfold.Experiments.Data;

/// <summary>A sequence of rows of numbers, (T, F) row-major: row t is what is known at step t.</summary>
/// <param name="Width">F, the numbers of a row.</param>
/// <param name="Values">T * F numbers.</param>
internal sealed record Frames(int Width, float[] Values)
{
    /// <summary>T.</summary>
    public int Length => Values.Length / Width;

    /// <summary>The row of step t.</summary>
    public ReadOnlySpan<float> this[int t] => Values.AsSpan(t * Width, Width);
}
