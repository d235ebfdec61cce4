using System.CommandLine;
using System.CommandLine.Parsing;

namespace Unfold.Cli;

/// <summary>Says in one sentence what is wrong with a command line, and what was probably meant.</summary>
internal static class UsageAdvice
{
    // A slip of the finger: a letter too many, too few, another one, or two in the wrong order.
    private const int MostSlips = 2;

    /// <summary>The error that says most: a bad value, else a word that means nothing here, else something missing.</summary>
    public static string For(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string? value = parsed.Errors.Select(error => error.Message).FirstOrDefault(message => message.StartsWith('-'));
        if (value is not null)
        {
            return value;
        }

        if (parsed.UnmatchedTokens.Count > 0)
        {
            return Unmatched(parsed.UnmatchedTokens[0], command);
        }

        foreach (OptionResult option in parsed.CommandResult.Children.OfType<OptionResult>())
        {
            if (!option.Implicit && option.Tokens.Count < option.Option.Arity.MinimumNumberOfValues)
            {
                return $"{option.Option.Name} wants a value after it: {option.Option.Name} {Shown(option.Option.HelpName)}";
            }
        }

        if (command.Arguments.FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument) is null or { Tokens.Count: 0 }) is Argument missing)
        {
            return missing.Name == "MODEL" && parsed.CommandResult.Parent is CommandResult { Parent: null }
                ? $"{missing.Name} is missing: name the folder of a model right after the command, as in: unfold {command.Name} runs/demo"
                : $"{missing.Name} is missing: {char.ToLowerInvariant(missing.Description![0])}{missing.Description[1..]}";
        }

        if (command.Options.FirstOrDefault(option => option.Required && !parsed.Gave(option)) is Option required)
        {
            return $"{required.Name} is missing: give it as {required.Name} {Shown(required.HelpName)}";
        }

        return command.Subcommands.Count > 0
            ? $"A command is missing: {string.Join(", ", command.Subcommands.Select(verb => verb.Name))}. To begin: {Verb(parsed.CommandResult)} {command.Subcommands[0].Name}"
            : parsed.Errors[0].Message;
    }

    /// <summary>What is typed to run a command: unfold, and the names of the commands that it lies in.</summary>
    public static string Verb(CommandResult result) => result.Parent is CommandResult group ? $"{Verb(group)} {result.Command.Name}" : "unfold";

    /// <summary>An ending of a sentence, with a question for the option or command that differs least from what was found.</summary>
    public static string Meant(string found, Command command)
    {
        IEnumerable<string> names = found.StartsWith('-') ? command.Options.Select(option => option.Name) : command.Subcommands.Select(verb => verb.Name);
        string? nearest = names.MinBy(name => Slips(found, name));
        return nearest is not null && Slips(found, nearest) <= Math.Min(MostSlips, found.TrimStart('-').Length / 2) ? $" Did you mean {nearest}?" : "";
    }

    /// <summary>What to say of a word that means nothing where it stands.</summary>
    public static string Unmatched(string found, Command command)
    {
        string meant = Meant(found, command);
        if (meant.Length == 0 && File.Exists(found) && command.Options.Any(option => option.Name == "--text"))
        {
            meant = $" A text is given with: --text {found}";
        }

        return $"'{found}' is neither a command nor an option that fits here.{meant}";
    }

    private static string Shown(string? helpName) => helpName is null ? "VALUE" : helpName.Contains('|', StringComparison.Ordinal) ? $"({helpName})" : helpName;

    /// <summary>The fewest letters to put in, take out, replace or swap with their neighbour that turn one word into the other; dashes count for nothing.</summary>
    private static int Slips(string one, string other)
    {
        string a = one.TrimStart('-'), b = other.TrimStart('-');
        var costs = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    costs[i, j] = i + j;
                    continue;
                }

                int cost = Math.Min(Math.Min(costs[i - 1, j], costs[i, j - 1]) + 1, costs[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                costs[i, j] = swapped ? Math.Min(cost, costs[i - 2, j - 2] + 1) : cost;
            }
        }

        return costs[a.Length, b.Length];
    }
}
