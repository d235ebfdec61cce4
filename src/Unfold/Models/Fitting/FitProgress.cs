namespace Unfold.Models;

/// <summary>How far a fit has come.</summary>
/// <param name="Epoch">The pass over the examples, from 1.</param>
/// <param name="Epochs">The passes of the whole run.</param>
/// <param name="Done">The share of this pass that is done, in (0, 1].</param>
/// <param name="TrainingLoss">The mean loss of this pass so far.</param>
/// <param name="ValidationLoss">The validation loss after the last whole pass; NaN before the first and without validation examples.</param>
public readonly record struct FitProgress(int Epoch, int Epochs, double Done, double TrainingLoss, double ValidationLoss);
