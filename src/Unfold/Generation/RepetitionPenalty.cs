namespace Unfold.Generation;

/// <summary>
/// Makes the tokens that were written before less likely (Keskar et al., 2019): the logit x_i of such a token becomes x_i / theta
/// where it is above 0 and x_i theta where it is below.
/// </summary>
/// <remarks>
/// Logits may all be moved by the same constant and mean the same, so 0 is set to their mean: a token that is likelier than most lies above it. The
/// softmax of the paper takes a negative logit the wrong way; hence the product there.
/// </remarks>
internal static class RepetitionPenalty
{
    /// <summary>Writes the logits with the penalty.</summary>
    /// <param name="logits">V logits; those of negative infinity are not counted in the mean.</param>
    /// <param name="written">The tokens that are there already.</param>
    /// <param name="penalty">theta, at least 1.</param>
    /// <param name="penalized">Receives V logits.</param>
    public static void Apply(ReadOnlySpan<float> logits, IReadOnlySet<int> written, double penalty, Span<float> penalized)
    {
        logits.CopyTo(penalized);
        double sum = 0;
        int finite = 0;
        foreach (float logit in logits)
        {
            if (float.IsFinite(logit))
            {
                sum += logit;
                finite++;
            }
        }

        if (finite == 0)
        {
            return;
        }

        double mean = sum / finite;
        foreach (int token in written)
        {
            double above = logits[token] - mean;
            penalized[token] = (float)(mean + (above > 0 ? above / penalty : above * penalty));
        }
    }
}
