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
            ParseResult parsed = Verbs(terminal).Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
            verb = parsed.CommandResult.Command.Name is "unfold" ? verb : $"unfold {parsed.CommandResult.Command.Name}";
            RequireOnce(parsed);
            if (parsed.Action is ParseErrorAction)
            {
                throw new UsageException(FirstOf(parsed));
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

    /// <summary>The error that says most: a bad value, else a word that means nothing here, else something missing.</summary>
    private static string FirstOf(ParseResult parsed)
    {
        string? value = parsed.Errors.Select(error => error.Message).FirstOrDefault(message => message.StartsWith("--", StringComparison.Ordinal));
        if (value is null && parsed.UnmatchedTokens.Count == 0 && parsed.CommandResult.Command.Arguments is [Argument argument] && parsed.GetResult(argument) is null or { Tokens.Count: 0 })
        {
            string example = $"unfold {parsed.CommandResult.Command.Name} runs/demo";
            return $"{argument.Name} is missing: name the folder of a model right after the command, as in: {example}";
        }

        return value ?? (parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is neither a command nor an option that fits here." : parsed.Errors[0].Message);
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
        EvaluateCommand.Create(terminal),
        InspectCommand.Create(terminal),
        GradcheckCommand.Create(terminal),
        new HelpOption(),
        new VersionOption(),
    };
}
