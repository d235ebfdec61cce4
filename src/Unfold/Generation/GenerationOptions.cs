namespace Unfold.Generation;

/// <summary>How a text is written on.</summary>
public sealed record GenerationOptions
{
    /// <summary>The most tokens to write, at least 0.</summary>
    public int Length { get; init; } = 500;

    /// <summary>How the next token is chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Strings before which the writing stops; they are not part of what is returned.</summary>
    public IReadOnlyList<string> Stops { get; init; } = [];
}
