namespace Unfold.Generation;

/// <summary>How the next token is chosen from the model's logits.</summary>
/// <remarks>
/// The order is: excluded tokens leave, p_i is proportional to exp(logit_i / <see cref="Temperature"/>), the
/// <see cref="TopK"/> likeliest stay, of these the fewest that together hold <see cref="TopP"/>, of these those that reach
/// <see cref="MinP"/>, of these the most typical that together hold <see cref="Typical"/>, and one of the rest is drawn. A share is
/// one of what is left at its turn.
/// </remarks>
public sealed record SamplingOptions
{
    /// <summary>Always the likeliest token; of equals the one with the lowest number. Draws no random numbers.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>
    /// Divides the logits: below 1 likely tokens become likelier, above 1 all become more alike. 0 is the limit:
    /// always the likeliest. Finite and at least 0; 1 unless set.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double Temperature
    {
        get;
        init
        {
            if (!double.IsFinite(value) || value < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(Temperature), Sentence($"The temperature must be a finite number of at least 0, where 0 means always the likeliest token; found {value}."));
            }

            field = value;
        }
    } = 1;

    /// <summary>How many of the likeliest tokens may be drawn, at least 1; all of them when null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? TopK
    {
        get;
        init
        {
            if (value < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(TopK), $"Top-k must keep at least 1 token; found {value}.");
            }

            field = value;
        }
    }

    /// <summary>
    /// The share of probability, above 0 and at most 1, that the drawable tokens hold together: the fewest
    /// likeliest tokens whose sum reaches it (nucleus sampling; Holtzman et al., 2020). All tokens when null or 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 and at most 1.</exception>
    public double? TopP
    {
        get;
        init
        {
            if (value is not (null or (> 0 and <= 1)))
            {
                throw new ArgumentOutOfRangeException(nameof(TopP), Sentence($"Top-p must be above 0 and at most 1; found {value}."));
            }

            field = value;
        }
    }

    /// <summary>
    /// The least probability of a drawable token, as a share of that of the likeliest one, above 0 and at most 1 (min-p; Nguyen
    /// et al., 2024). All tokens when null.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 and at most 1.</exception>
    public double? MinP
    {
        get;
        init
        {
            if (value is not (null or (> 0 and <= 1)))
            {
                throw new ArgumentOutOfRangeException(nameof(MinP), Sentence($"Min-p must be above 0 and at most 1; found {value}."));
            }

            field = value;
        }
    }

    /// <summary>
    /// The share of probability, above 0 and at most 1, that the drawable tokens hold together, where those come first whose
    /// information -ln p_i is nearest to the entropy H = -sum_i p_i ln p_i: neither what is expected nor what is absurd (locally
    /// typical sampling; Meister et al., 2023). All tokens when null or 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 and at most 1.</exception>
    public double? Typical
    {
        get;
        init
        {
            if (value is not (null or (> 0 and <= 1)))
            {
                throw new ArgumentOutOfRangeException(nameof(Typical), Sentence($"The share of typical sampling must be above 0 and at most 1; found {value}."));
            }

            field = value;
        }
    }

    /// <summary>Whether all tokens may be drawn.</summary>
    internal bool IsWhole => TopK is null && TopP is null or 1 && MinP is null && Typical is null or 1;

    private static string Sentence(FormattableString text) => FormattableString.Invariant(text);
}
