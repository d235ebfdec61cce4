namespace Unfold.Models;

/// <summary>How far a training run has come, and how good its best weights are.</summary>
/// <param name="Steps">The updates made.</param>
/// <param name="TrainLoss">The mean training loss of the last <see cref="LanguageModelTrainer.RecentSteps"/> updates in nats per token; NaN before the first.</param>
/// <param name="ValidationLoss">The validation loss of the best weights in nats per token; infinite before the first validation and without a validation text.</param>
/// <param name="Seconds">The time spent in training steps.</param>
public sealed record TrainingResults(long Steps, double TrainLoss, double ValidationLoss, double Seconds)
{
    /// <summary>e^loss of the best weights.</summary>
    public double ValidationPerplexity => Math.Exp(ValidationLoss);

    /// <summary>The validation loss in bits.</summary>
    public double BitsPerToken => ValidationLoss / Math.Log(2);
}
