using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Cli;

/// <summary>Makes options whose bad values are answered in one sentence.</summary>
internal static class Options
{
    /// <summary>A whole number from <paramref name="minimum"/> to <paramref name="maximum"/>, of their type; null where it is not given.</summary>
    public static Option<T?> WholeNumber<T>(string name, T minimum, T maximum, string description)
        where T : struct, IBinaryInteger<T>
    {
        (long least, long most) = (long.CreateChecked(minimum), long.CreateChecked(maximum));
        return new(name)
        {
            Description = most < int.MaxValue ? FormattableString.Invariant($"{description} From {least:N0} to {most:N0}.") : description,
            HelpName = "N",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => ReadWhole(name, result.Tokens[0].Value, least, most, result) is { } value ? T.CreateChecked(value) : null,
        };
    }

    /// <summary>Threads to work with, where the result does not depend on them.</summary>
    public static Option<int?> Threads() => WholeNumber("--threads", 1, 1024, "Default one for each processor, at most 16. The result does not depend on it.");

    /// <summary>So many threads, or the default of <see cref="Threads"/>.</summary>
    public static Workers Workers(int? threads) => new(threads ?? Math.Min(Environment.ProcessorCount, 16));

    /// <summary>Widths of layers: a whole number for all of them, or one for each with commas between; null where it is not given.</summary>
    public static Option<LayerWidths?> Widths(string name, int maximum, string description) => new(name)
    {
        Description = description,
        HelpName = "N[,N...]",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            long?[] widths = [.. result.Tokens[0].Value.Split(',').Select(text => ReadWhole(name, text, 1, maximum, result)).TakeWhile(width => width is not null)];
            return widths.Length == 0 ? null : new LayerWidths(widths.Select(width => (int)width!.Value));
        },
    };

    /// <summary>Least counts of n-grams of 1, 2, ... tokens, with commas between, the first of them 1; null where they are not given.</summary>
    public static Option<long[]?> Counts(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "1[,N...]",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            long?[] counts = [.. result.Tokens[0].Value.Split(',').Select(text => ReadWhole(name, text, 1, long.MaxValue, result)).TakeWhile(count => count is not null)];
            if (counts is [> 1, ..])
            {
                result.AddError($"{name} must begin with 1; found {result.Tokens[0].Value}. Rare words are left out with --min-token-count.");
            }

            return counts is [1, ..] ? [.. counts.Select(count => count!.Value)] : null;
        },
    };

    /// <summary>One finite number for two purposes, or two with a comma between; null where it is not given.</summary>
    /// <inheritdoc cref="Number"/>
    public static Option<(double First, double Second)?> Pair(string name, string wanted, Predicate<double> good, string description) => new(name)
    {
        Description = wanted.Length > 0 ? $"{description} Numbers {wanted}." : description,
        HelpName = "X[,X]",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            double[] values = Split(text);
            if (values.Length <= 2 && Array.TrueForAll(values, value => double.IsFinite(value) && good(value)))
            {
                return (values[0], values[^1]);
            }

            result.AddError($"{name} must be a number {wanted}, or two with a comma between; found {Shown(text)}.");
            return null;
        },
    };

    /// <summary>One or more finite numbers with commas between; null where it is not given.</summary>
    /// <inheritdoc cref="Number"/>
    public static Option<double[]?> Numbers(string name, string wanted, Predicate<double> good, string description) => new(name)
    {
        Description = wanted.Length > 0 ? $"{description} Numbers {wanted}." : description,
        HelpName = "X[,X...]",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            double[] values = Split(text);
            if (Array.TrueForAll(values, value => double.IsFinite(value) && good(value)))
            {
                return values;
            }

            result.AddError($"{name} must be numbers {wanted} with commas between; found {Shown(text)}.");
            return null;
        },
    };

    /// <summary>The seed of a generator, a whole number of 64 bits; null where it is not given.</summary>
    public static Option<ulong?> Seed(string description) => new("--seed")
    {
        Description = description,
        HelpName = "N",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
            {
                return value;
            }

            result.AddError(IsOverflow(text)
                ? $"--seed is too large: at most {ulong.MaxValue} is possible; found {text}."
                : $"--seed must be a whole number of at least 0; found {Shown(text)}.");
            return null;
        },
    };

    /// <summary>A finite number; null where it is not given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="wanted">The rest of the sentence "... must be a number"; empty where any number is good.</param>
    /// <param name="good">Whether a value is in range.</param>
    /// <param name="description">For the help.</param>
    public static Option<double?> Number(string name, string wanted, Predicate<double> good, string description) => new(name)
    {
        Description = wanted.Length > 0 ? $"{description} A number {wanted}." : description,
        HelpName = "X",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && good(value))
            {
                return value;
            }

            result.AddError($"{name} must be a number{(wanted.Length == 0 ? "" : $" {wanted}")}; found {Shown(text)}.");
            return null;
        },
    };

    /// <summary>One of a few words, the members of an enumeration in lower case; null where it is not given.</summary>
    public static Option<T?> Choice<T>(string name, string description)
        where T : struct, Enum =>
        Choice(name, description, [.. Enum.GetValues<T>().Select(value => (value.ToString().ToLowerInvariant(), value))]);

    /// <summary>One of the built-in cells; null where it is not given. A cell of the user's own is code, which a command line cannot give.</summary>
    public static Option<CellKind?> Cell(string description) =>
        Choice("--cell", description, [.. Enum.GetValues<CellKind>().Where(kind => kind != CellKind.Custom).Select(kind => (kind.ToString().ToLowerInvariant(), kind))]);

    /// <summary>One of a few words; null where it is not given.</summary>
    public static Option<T?> Choice<T>(string name, string description, params IReadOnlyList<(string Word, T Value)> choices)
        where T : struct => new(name)
        {
            Description = description,
            HelpName = string.Join('|', choices.Select(choice => choice.Word)),
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                foreach ((string word, T value) in choices)
                {
                    if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
                    {
                        return value;
                    }
                }

                result.AddError($"{name} must be one of {string.Join(", ", choices.Select(choice => choice.Word))}; found {Shown(text)}.");
                return null;
            },
        };

    /// <summary>Something that is so where the word is given.</summary>
    public static Option<bool> Switch(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>A file or folder; null where it is not given.</summary>
    public static Option<string?> Path(string name, string shown, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = shown, Arity = ArgumentArity.ExactlyOne };
        option.Validators.Add(RefusePathlike);
        option.Validators.Add(RefuseStream);
        return option;
    }

    /// <summary>A file for a picture.</summary>
    public static Option<string?> Picture(string name, string description)
    {
        Option<string?> option = Path(name, "FILE.svg", description);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var file }] && !file.EndsWith(".svg", StringComparison.OrdinalIgnoreCase))
            {
                result.AddError($"{name} writes a picture as SVG, so a name that ends in .svg was wanted; found {file}.");
            }
        });
        return option;
    }

    /// <summary>One or more files to read, given after one name or each after its own.</summary>
    public static Option<string[]> Paths(string name, string description)
    {
        Option<string[]> option = PathsOrInput(name, description);
        option.Validators.Add(RefuseStandardInput);
        return option;
    }

    /// <summary>The same, where - stands for standard input.</summary>
    public static Option<string[]> PathsOrInput(string name, string description)
    {
        var option = new Option<string[]>(name) { Description = description, HelpName = "FILE", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true };
        option.Validators.Add(RefusePathlike);
        return option;
    }

    /// <summary>Any text; null where it is not given.</summary>
    public static Option<string?> Text(string name, string shown, string description) =>
        new(name) { Description = description, HelpName = shown, Arity = ArgumentArity.ExactlyOne };

    /// <summary>Any texts, each after the name; none where it is not given.</summary>
    public static Option<string[]> Texts(string name, string description) =>
        new(name) { Description = description, HelpName = "TEXT", Arity = new ArgumentArity(1, 1000) };

    /// <summary>The folder of a model.</summary>
    public static Argument<string> Model() => PathArgument("MODEL", "The folder of a model or of a training run.", "model's folder");

    /// <summary>A file or folder that is given without the name of an option.</summary>
    /// <param name="name">In capital letters.</param>
    /// <param name="description">For the help.</param>
    /// <param name="noun">What a message calls it, after "the".</param>
    public static Argument<string> PathArgument(string name, string description, string noun)
    {
        var argument = new Argument<string>(name) { Description = description };
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var value }, ..] && (string.IsNullOrWhiteSpace(value) || value.StartsWith('-')))
            {
                result.AddError(value.StartsWith('-')
                    ? $"{value} is no option of this command; the {noun} was wanted there.{MeantBy(value, result)}"
                    : $"The name of the {noun} is empty.");
            }
        });
        return argument;
    }

    /// <summary>A file to read line by line, where - stands for standard input.</summary>
    public static Argument<string> FileOrInput(string description)
    {
        Argument<string> argument = new Argument<string>("FILE") { Description = description }.RefusingOptions("a file whose name begins with dashes is written with ./ before it");
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var value }] && string.IsNullOrWhiteSpace(value))
            {
                result.AddError("FILE wants a path, or - for standard input; found an empty one.");
            }
        });
        return argument;
    }

    /// <summary>Refuses a misspelt option, which would otherwise be taken for the argument.</summary>
    /// <param name="argument">What stands beside the options.</param>
    /// <param name="otherwise">How something that does begin with two dashes is given.</param>
    public static Argument<T> RefusingOptions<T>(this Argument<T> argument, string otherwise)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var value }, ..] && value.StartsWith("--", StringComparison.Ordinal))
            {
                result.AddError($"{value} is no option of this command, and stands where {argument.Name} is wanted ({otherwise}).{MeantBy(value, result)}");
            }
        });
        return argument;
    }

    /// <summary>Whether the user gave the option.</summary>
    public static bool Gave(this ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>Throws where two options that exclude each other are both given.</summary>
    /// <exception cref="UsageException">They are.</exception>
    public static void Exclude(this ParseResult parsed, Option one, Option other)
    {
        if (parsed.Gave(one) && parsed.Gave(other))
        {
            throw new UsageException($"{one.Name} and {other.Name} exclude each other: give only one of them.");
        }
    }

    private static long? ReadWhole(string name, string text, long minimum, long maximum, SymbolResult result)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= minimum && value <= maximum)
        {
            return value;
        }

        if (IsOverflow(text))
        {
            result.AddError(FormattableString.Invariant($"{name} is too large: at most {maximum} is possible; found {text}."));
            return null;
        }

        string wanted = value < minimum || maximum is long.MaxValue or int.MaxValue ? $"at least {minimum}" : $"{minimum} to {maximum}";
        result.AddError(FormattableString.Invariant($"{name} must be a whole number of {wanted}; found {Shown(text)}."));
        return null;
    }

    // A misspelt option after a list of files would otherwise be taken for one more file.
    private static void RefusePathlike(OptionResult result)
    {
        foreach (Token token in result.Tokens)
        {
            if (token.Value.StartsWith("--", StringComparison.Ordinal))
            {
                result.AddError($"{token.Value} is no option of this command, and stands where {result.Option.Name} wants a path (one that begins with dashes is written ./{token.Value}).{MeantBy(token.Value, result)}");
            }
            else if (string.IsNullOrWhiteSpace(token.Value))
            {
                result.AddError($"{result.Option.Name} wants a path; found an empty one.");
            }
        }
    }

    private static void RefuseStandardInput(OptionResult result)
    {
        if (result.Tokens.Any(token => token.Value == "-"))
        {
            result.AddError($"{result.Option.Name} wants a file; found -, but standard input is not read there: save it to a file first (a file of that name is written ./-).");
        }
    }

    private static void RefuseStream(OptionResult result)
    {
        if (result.Tokens.Any(token => token.Value == "-"))
        {
            result.AddError($"{result.Option.Name} wants a {(result.Option.HelpName switch { "FILE" => "file", "DIR" => "folder", _ => "model" })}; found -, but standard input and output have no place there (what is called so is written ./-).");
        }
    }

    private static string MeantBy(string found, SymbolResult result) => result.Parent is CommandResult { Command: Command command } ? UsageAdvice.Meant(found, command) : "";

    /// <summary>Whether the text is a whole number that was not understood only because it has too many digits.</summary>
    private static bool IsOverflow(string text) => text.Length > 0 && text.All(char.IsAsciiDigit) && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>Numbers with commas between; what is none becomes NaN.</summary>
    private static double[] Split(string text) =>
        [.. text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN)];

    private static string Shown(string text) => text.Length == 0 ? "nothing" : text;
}
