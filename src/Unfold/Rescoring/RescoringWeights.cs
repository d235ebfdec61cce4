using System.Runtime.CompilerServices;

namespace Unfold.Rescoring;

/// <summary>How the scores of a hypothesis add up: channel + model * ln p(text) + insertion * units + unknown * unknown tokens.</summary>
/// <param name="Model">The weight of the language model, finite and at least 0.</param>
/// <param name="Insertion">What each unit adds, in nats, finite; below 0 it favours short hypotheses.</param>
/// <param name="Unit">Whether units are words or characters; where text has no white space, all of it is one word.</param>
/// <param name="Unknown">
/// What each token adds that the model does not know, in nats, finite. A model gives an unknown token the probability of all unknown tokens together; below 0 this says how small the share of
/// one of them is.
/// </param>
public readonly record struct RescoringWeights(double Model, double Insertion, ErrorMeasure Unit = ErrorMeasure.Words, double Unknown = 0)
{
    /// <summary>The weight of the language model.</summary>
    public double Model { get; init => field = Finite(value, atLeast: 0); } = Finite(Model, atLeast: 0);

    /// <summary>What each unit adds, in nats.</summary>
    public double Insertion { get; init => field = Finite(value, double.MinValue); } = Finite(Insertion, double.MinValue);

    /// <summary>What each unknown token adds, in nats.</summary>
    public double Unknown { get; init => field = Finite(value, double.MinValue); } = Finite(Unknown, double.MinValue);

    /// <summary>The total score of a hypothesis.</summary>
    /// <param name="hypothesis">The text and its channel score.</param>
    /// <param name="logProbability">ln p(text); with a weight of 0 even what the model thinks impossible counts nothing.</param>
    /// <param name="unknownTokens">How many tokens the model does not know.</param>
    public double Total(NBestHypothesis hypothesis, double logProbability, int unknownTokens)
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        return hypothesis.Channel + (Model == 0 ? 0 : Model * logProbability) + (Insertion * hypothesis.Units(Unit)) + (Unknown * unknownTokens);
    }

    private static double Finite(double value, double atLeast, [CallerArgumentExpression(nameof(value))] string? name = null) => double.IsFinite(value) && value >= atLeast
        ? value
        : throw new ArgumentOutOfRangeException(name, value, atLeast == 0 ? "The weight of a language model must be finite and at least 0." : "What each unit or unknown token adds must be finite.");
}
