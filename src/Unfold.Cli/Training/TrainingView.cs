namespace Unfold.Cli.Training;

/// <summary>Shows a run on stderr while it goes on.</summary>
internal abstract class TrainingView
{
    /// <summary>The view that suits the terminal.</summary>
    public static TrainingView For(Terminal terminal) =>
        terminal.Kind == TerminalKind.Live ? new LiveTrainingView(terminal) : new PlainTrainingView(terminal);

    /// <summary>Runs the loop under this view and returns what it returns.</summary>
    public abstract T Show<T>(Func<T> loop);

    /// <summary>Notes a step.</summary>
    public abstract void Stepped(TrainingProgress progress);

    /// <summary>Notes a validation.</summary>
    public abstract void Validated(TrainingProgress progress);

    /// <summary>Shows what the model writes now.</summary>
    public abstract void Sample(string text);
}
