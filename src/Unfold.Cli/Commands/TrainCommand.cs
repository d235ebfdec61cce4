using System.CommandLine;
using Unfold.Cli.Training;
using Unfold.Training;

namespace Unfold.Cli.Commands;

/// <summary>unfold train: learns a text.</summary>
internal sealed class TrainCommand(Terminal terminal)
{
    private readonly TrainOptions _options = new();

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new TrainCommand(terminal);
        var command = new Command("train", "Learn a text; without --text an embedded one, in about half a minute, with settings of its own.");
        foreach (Option option in verb._options.All)
        {
            command.Options.Add(option);
        }

        command.SetAction(verb.Train);
        return command;
    }

    private int Train(ParseResult parsed)
    {
        using var interruption = new Interruption(terminal);
        bool resumes = parsed.Gave(_options.Resume);
        using Run run = resumes
            ? new ResumedRun(_options, parsed, terminal).Start(interruption.Token)
            : new NewRun(_options, parsed, terminal).Start(interruption.Token);
        if (run.Trainer.Finished)
        {
            terminal.Line($"The run in {run.Shown} is finished: there is nothing to go on with.");
        }
        else
        {
            RunText.Describe(run, terminal);
            if (resumes)
            {
                terminal.Line(FormattableString.Invariant($"Going on after step {run.Trainer.StepsDone:N0}"));
            }

            if (!Loop(run, interruption))
            {
                terminal.Line(FormattableString.Invariant($"Interrupted after step {run.Trainer.StepsDone:N0}; saved. Go on with: unfold train --resume {run.Shown}"));
                if (parsed.GetValue(_options.Json))
                {
                    TrainingReport.WriteJson(run, demo: null, terminal);
                }

                return ExitCode.Interrupted;
            }
        }

        Report(parsed, run);
        return ExitCode.Done;
    }

    private bool Loop(Run run, Interruption interruption)
    {
        TrainingView view = TrainingView.For(terminal);
        try
        {
            return view.Show(new TrainingLoop(run, view, interruption).Train);
        }
        catch (DivergenceException divergence)
        {
            throw new UnfoldException($"{divergence.Message} {DivergenceAdvice.For(run)}", divergence);
        }
    }

    private void Report(ParseResult parsed, Run run)
    {
        DemoReport? demo = run.Grammar is null ? null : DemoReport.Measure(run.Corpus, run.Grammar);
        TrainingReport.Summarize(run, terminal);
        demo?.Write(terminal, run, run.Folder.Load());
        if (parsed.GetValue(_options.Json))
        {
            TrainingReport.WriteJson(run, demo, terminal);
        }
    }
}
