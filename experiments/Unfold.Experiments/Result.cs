namespace Unfold.Experiments;

/// <summary>One number that an experiment found, beside what it is to be compared with.</summary>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Model">What was measured, such as "LSTM 128".</param>
/// <param name="Metric">What was measured of it, with its unit, such as "accuracy %".</param>
/// <param name="Value">The number; not finite where training diverged.</param>
/// <param name="Baseline">What a simple method reaches on the same data; null where there is none.</param>
/// <param name="Published">What was published for this model or task; null where nothing was.</param>
/// <param name="Parameters">The learned numbers of the model; null where it has none.</param>
/// <param name="Seconds">The time that training and measuring took; null where it was not taken.</param>
internal sealed record Result(
    string Experiment,
    string Model,
    string Metric,
    double Value,
    double? Baseline,
    double? Published,
    long? Parameters,
    double? Seconds);
