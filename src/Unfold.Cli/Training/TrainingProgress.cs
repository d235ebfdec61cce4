namespace Unfold.Cli.Training;

/// <summary>Where a run stands, for the reader's eye.</summary>
/// <param name="Step">The updates made.</param>
/// <param name="Steps">The updates of the whole run.</param>
/// <param name="Epoch">The passes over the text.</param>
/// <param name="Loss">The recent training loss in nats per token.</param>
/// <param name="ValidationLoss">The last validation loss, NaN before the first.</param>
/// <param name="TokensPerSecond">Of training steps.</param>
/// <param name="Left">The time that the rest will take.</param>
internal readonly record struct TrainingProgress(long Step, long Steps, double Epoch, double Loss, double ValidationLoss, double TokensPerSecond, TimeSpan Left)
{
    /// <summary>The share done, in [0, 1].</summary>
    public double Share => (double)Step / Steps;

    /// <summary>The validation perplexity, a dash before the first.</summary>
    public string Perplexity => double.IsNaN(ValidationLoss) ? "-" : FormattableString.Invariant($"{Math.Exp(ValidationLoss):0.000}");

    /// <summary>The time left as minutes and seconds.</summary>
    public string TimeLeft => Left.TotalHours >= 1
        ? FormattableString.Invariant($"{(long)Left.TotalHours}:{Left.Minutes:00}:{Left.Seconds:00}")
        : FormattableString.Invariant($"{Left.Minutes}:{Left.Seconds:00}");
}
