using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;
using Label = Spectre.Console.Text;

namespace Unfold.Cli.Training;

/// <summary>A small table that is drawn again in place.</summary>
internal sealed class LiveTrainingView(Terminal terminal) : TrainingView
{
    private const double Interval = 0.1;
    private const int BarWidth = 40, ShortestBar = 10;

    // A terminal echoes ^C behind the last line: where that breaks the line, the view is drawn again at the wrong place.
    private const int EchoWidth = 2;

    private readonly AnsiConsoleOutput _output = new(terminal.Error);
    private readonly Stopwatch _sinceDrawn = Stopwatch.StartNew();
    private IAnsiConsole? _console;
    private LiveDisplayContext? _display;
    private TrainingProgress _progress;
    private string _sample = "";

    private int Width => Math.Max(1, _output.Width - EchoWidth);

    /// <inheritdoc/>
    public override T Show<T>(Func<T> loop)
    {
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Out = _output,
        });
        LimitWidth();
        return _console.Live(new Label("")).Start(display =>
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
        _sample = text.Printable;
        Draw();
    }

    private void Draw()
    {
        _sinceDrawn.Restart();
        LimitWidth();
        _display?.UpdateTarget(Picture());
    }

    /// <summary>Leaves room at the right for the echo; each time, as a window can change.</summary>
    private void LimitWidth()
    {
        if (_console is not null)
        {
            _console.Profile.Width = Width;
        }
    }

    private Rows Picture()
    {
        string steps = FormattableString.Invariant($"  step {_progress.Step:N0} of {_progress.Steps:N0}  {_progress.TimeLeft} left");
        int room = Width - steps.Length;
        int bars = Math.Min(BarWidth, room >= ShortestBar ? room : Width);
        int full = (int)(_progress.Share * bars);
        var bar = new Paragraph()
            .Append(new string('━', full), new Style(Color.Green))
            .Append(new string('━', bars - full), new Style(Color.Grey))
            .Append(steps);
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
