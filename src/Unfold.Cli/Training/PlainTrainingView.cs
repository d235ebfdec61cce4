using System.Diagnostics;

namespace Unfold.Cli.Training;

/// <summary>Lines that stay: one for each validation, and one now and then in between.</summary>
internal sealed class PlainTrainingView(Terminal terminal) : TrainingView
{
    private const double ShortestSeconds = 5, LongestSeconds = 60, ShortestShare = 0.02;

    private readonly Stopwatch _sinceLine = Stopwatch.StartNew();
    private double _lineShare;

    /// <inheritdoc/>
    public override T Show<T>(Func<T> loop) => loop();

    /// <inheritdoc/>
    public override void Stepped(TrainingProgress progress)
    {
        double seconds = _sinceLine.Elapsed.TotalSeconds;
        if (seconds >= LongestSeconds || (seconds >= ShortestSeconds && progress.Share - _lineShare >= ShortestShare))
        {
            Write(progress);
        }
    }

    /// <inheritdoc/>
    public override void Validated(TrainingProgress progress) => Write(progress);

    /// <inheritdoc/>
    public override void Sample(string text) => terminal.Line($"  sample: {text}");

    private void Write(TrainingProgress progress)
    {
        _sinceLine.Restart();
        _lineShare = progress.Share;
        terminal.Line(FormattableString.Invariant(
            $"step {progress.Step}/{progress.Steps} ({progress.Share * 100:0}%)  epoch {progress.Epoch:0.00}  loss {progress.Loss:0.0000}  valid perplexity {progress.Perplexity}  {progress.TokensPerSecond:N0} tokens/s  {progress.TimeLeft} left"));
    }
}
