namespace Unfold.Rescoring;

/// <summary>How the scores of a hypothesis add up: channel + model * ln p(text) + insertion * units.</summary>
/// <param name="Model">The weight of the language model, at least 0.</param>
/// <param name="Insertion">What each unit adds, in nats; below 0 it favours short hypotheses.</param>
/// <param name="Unit">Whether units are words or characters; where text has no white space, all of it is one word.</param>
public readonly record struct RescoringWeights(double Model, double Insertion, ErrorMeasure Unit = ErrorMeasure.Words)
{
    /// <summary>The total score of a hypothesis.</summary>
    /// <param name="hypothesis">The text and its channel score.</param>
    /// <param name="logProbability">ln p(text); with a weight of 0 even what the model thinks impossible counts nothing.</param>
    public double Total(NBestHypothesis hypothesis, double logProbability)
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        return hypothesis.Channel + (Model == 0 ? 0 : Model * logProbability) + (Insertion * hypothesis.Units(Unit));
    }
}
