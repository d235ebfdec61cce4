using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;
using Label = Spectre.Console.Text;

namespace Unfold.Cli.Training;

/// <summary>A small table that is drawn again in place.</summary>
internal sealed class LiveTrainingView(Terminal terminal) : TrainingView
{
    private const double Interval = 0.1;
    private const int BarWidth = 40;

    private readonly Stopwatch _sinceDrawn = Stopwatch.StartNew();
    private LiveDisplayContext? _display;
    private TrainingProgress _progress;
    private string _sample = "";

    /// <inheritdoc/>
    public override T Show<T>(Func<T> loop)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Out = new AnsiConsoleOutput(terminal.Error),
        });
        return console.Live(new Label("")).Start(display =>
        {
            _display = display;
            return loop();
        });
    }

    /// <inheritdoc/>
    public override void Stepped(TrainingProgress progress)
    {
        _progress = progress;
        if (_sinceDrawn.Elapsed.TotalSeconds >= Interval || progress.Step == progress.Steps)
        {
            Draw();
        }
    }

    /// <inheritdoc/>
    public override void Validated(TrainingProgress progress)
    {
        _progress = progress;
        Draw();
    }

    /// <inheritdoc/>
    public override void Sample(string text)
    {
        _sample = text;
        Draw();
    }

    private void Draw()
    {
        _sinceDrawn.Restart();
        _display?.UpdateTarget(Picture());
    }

    private Rows Picture()
    {
        int full = (int)(_progress.Share * BarWidth);
        var bar = new Paragraph()
            .Append(new string('━', full), new Style(Color.Green))
            .Append(new string('━', BarWidth - full), new Style(Color.Grey))
            .Append(FormattableString.Invariant($"  step {_progress.Step:N0} of {_progress.Steps:N0}  {_progress.TimeLeft} left"));
        var figures = new Grid().AddColumns(4);
        figures.AddRow(Labels("epoch", "loss", "valid perplexity", "tokens/s"));
        figures.AddRow(
            Figure($"{_progress.Epoch:0.00}"),
            Figure($"{_progress.Loss:0.0000}"),
            new Label(_progress.Perplexity, new Style(Color.Green)),
            Figure($"{_progress.TokensPerSecond:N0}"));
        IRenderable sample = _sample.Length == 0 ? new Label("") : new Label(_sample, new Style(Color.Aqua));
        return new Rows(bar, figures, sample);
    }

    private static IRenderable[] Labels(params IEnumerable<string> names) => [.. names.Select(name => new Label(name, new Style(Color.Grey)))];

    private static Label Figure(FormattableString value) => new(FormattableString.Invariant(value));
}
