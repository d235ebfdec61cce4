namespace Unfold.Generation;

/// <summary>How a text is written on.</summary>
public sealed record GenerationOptions
{
    /// <summary>The most tokens to write, at least 0.</summary>
    public int Length { get; init; } = 500;

    /// <summary>How the next token is chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>
    /// theta, by which tokens of the text written so far, not of the prompt, become less likely (Keskar et al., 2019): with x_i = logit_i minus
    /// the mean of the logits, x_i / theta where x_i is above 0, x_i theta where it is below. At least 1, which changes nothing.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Strings before which the writing stops; they are not part of what is returned.</summary>
    public IReadOnlyList<string> Stops { get; init; } = [];

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Sampling);
        ArgumentNullException.ThrowIfNull(Stops);
        _ = new StopStringFilter(Stops);
        if (Length < 0)
        {
            throw new UnfoldException($"The most tokens of a text must be at least 0; found {Length}.");
        }

        if (!(RepetitionPenalty >= 1 && double.IsFinite(RepetitionPenalty)))
        {
            throw new UnfoldException(FormattableString.Invariant($"The repetition penalty must be a finite number of at least 1, where 1 means none; found {RepetitionPenalty}."));
        }
    }
}
