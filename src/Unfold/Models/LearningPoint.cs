namespace Unfold.Models;

/// <summary>How far a training had come at a validation.</summary>
/// <param name="Step">The updates made.</param>
/// <param name="TrainLoss">The mean training loss of the last <see cref="LanguageModelTrainer.RecentSteps"/> updates in nats per token, with all dropout.</param>
/// <param name="ValidationLoss">The loss on the validation text in nats per token; NaN where there is none.</param>
public sealed record LearningPoint(long Step, double TrainLoss, double ValidationLoss);
