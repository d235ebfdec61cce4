using System.Runtime.CompilerServices;

namespace Unfold.Rescoring;

/// <summary>How the scores of a hypothesis add up: channel + model * ln p(text) + insertion * units.</summary>
/// <param name="Model">The weight of the language model, finite and at least 0.</param>
/// <param name="Insertion">What each unit adds, in nats, finite; below 0 it favours short hypotheses.</param>
/// <param name="Unit">Whether units are words or characters; where text has no white space, all of it is one word.</param>
public readonly record struct RescoringWeights(double Model, double Insertion, ErrorMeasure Unit = ErrorMeasure.Words)
{
    /// <summary>The weight of the language model.</summary>
    public double Model { get; init => field = Finite(value, atLeast: 0); } = Finite(Model, atLeast: 0);

    /// <summary>What each unit adds, in nats.</summary>
    public double Insertion { get; init => field = Finite(value, double.MinValue); } = Finite(Insertion, double.MinValue);

    /// <summary>The total score of a hypothesis.</summary>
    /// <param name="hypothesis">The text and its channel score.</param>
    /// <param name="logProbability">ln p(text); with a weight of 0 even what the model thinks impossible counts nothing.</param>
    public double Total(NBestHypothesis hypothesis, double logProbability)
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        return hypothesis.Channel + (Model == 0 ? 0 : Model * logProbability) + (Insertion * hypothesis.Units(Unit));
    }

    private static double Finite(double value, double atLeast, [CallerArgumentExpression(nameof(value))] string? name = null) => double.IsFinite(value) && value >= atLeast
        ? value
        : throw new ArgumentOutOfRangeException(name, value, atLeast == 0 ? "The weight of a language model must be finite and at least 0." : "What each unit adds must be finite.");
}
