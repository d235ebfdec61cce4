using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Unfold.Cli.Commands;

namespace Unfold.Cli;

/// <summary>The table of verbs.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => Run(arguments, Terminal.OfProcess());

    /// <summary>Runs one command line.</summary>
    /// <returns>0 done, 1 failed, 2 wrong usage, 130 interrupted after saving.</returns>
    public static int Run(IReadOnlyList<string> arguments, Terminal terminal)
    {
        string verb = "unfold";
        try
        {
            // Response files would make a prompt that begins with @ impossible.
            Command verbs = Verbs(terminal);
            RequireNoDirective(arguments, verbs);
            ParseResult parsed = verbs.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
            verb = UsageAdvice.Verb(parsed.CommandResult);
            RequireOnce(parsed);
            if (parsed.Action is ParseErrorAction)
            {
                throw new UsageException(UsageAdvice.For(parsed));
            }

            if (parsed.Action is HelpAction && parsed.UnmatchedTokens.Count > 0)
            {
                // There is no help on a command that does not exist.
                throw new UsageException(UsageAdvice.Unmatched(parsed.UnmatchedTokens[0], parsed.CommandResult.Command));
            }

            int code = parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = terminal.Output,
                Error = terminal.Error,
            });
            terminal.Output.Flush();
            return code;
        }
        catch (Exception failure)
        {
            return Failure.Report(failure, verb, terminal);
        }
        finally
        {
            terminal.Flush();
        }
    }

    /// <summary>Throws where a word in brackets stands before the verb: the parser would leave it out as an instruction to itself.</summary>
    private static void RequireNoDirective(IReadOnlyList<string> arguments, Command verbs)
    {
        string? directive = arguments
            .TakeWhile(argument => verbs.Subcommands.All(verb => verb.Name != argument))
            .FirstOrDefault(argument => argument is ['[', .., ']']);
        if (directive is not null)
        {
            throw new UsageException(UsageAdvice.Unmatched(directive, verbs));
        }
    }

    /// <summary>Throws where an option that takes one value is given twice: which of the two was meant cannot be known.</summary>
    private static void RequireOnce(ParseResult parsed)
    {
        foreach (OptionResult given in parsed.CommandResult.Children.OfType<OptionResult>())
        {
            if (given.IdentifierTokenCount > 1 && given.Option.Arity.MaximumNumberOfValues <= 1)
            {
                throw new UsageException($"{given.Option.Name} is given twice: give it once.");
            }
        }
    }

    private static Command Verbs(Terminal terminal) => new("unfold", "Recurrent language models: learn a text and write on.")
    {
        TrainCommand.Create(terminal),
        GenerateCommand.Create(terminal),
        CompleteCommand.Create(terminal),
        EvaluateCommand.Create(terminal),
        ScoreCommand.Create(terminal),
        RescoreCommand.Create(terminal),
        ChannelCommand.Create(terminal),
        TokenizeCommand.Create(terminal),
        SentencesCommand.Create(terminal),
        SimplifyCommand.Create(terminal),
        InspectCommand.Create(terminal),
        ClozeCommand.Create(terminal),
        FillCommand.Create(terminal),
        DataCommand.Create(terminal),
        GradcheckCommand.Create(terminal),
        NGramCommand.Create(terminal),
        new HelpOption(),
        new VersionOption(),
    };
}
