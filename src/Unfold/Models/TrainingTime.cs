namespace Unfold.Models;

/// <summary>The time that a training run has taken, over all sittings in which it was begun and taken up again.</summary>
/// <param name="Steps">Seconds spent in training steps: by these the speed is measured.</param>
/// <param name="Wall">
/// Seconds by the clock, each sitting from its beginning to its last checkpoint, with reading, validation and writing. What a
/// killed sitting did after its last checkpoint is lost, and so is its time.
/// </param>
public readonly record struct TrainingTime(double Steps, double Wall);
