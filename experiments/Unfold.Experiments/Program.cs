using System.CommandLine;
using System.Globalization;
using System.Text;
using Unfold.Experiments.Data;
using Unfold.Numerics;

namespace Unfold.Experiments;

/// <summary>The command: lists the experiments, runs one, or all.</summary>
internal sealed class Program
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongUsage = 2;

    private readonly Argument<string> _name = new("NAME") { Description = "An experiment, or list, or all." };
    private readonly Option<string?> _data = new("--data") { Description = "The folder of the data; else UNFOLD_DATA, else a folder data that holds them, in this folder or one above it.", HelpName = "DIR" };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object a result in place of the table." };
    private readonly Option<ulong> _seed = Number<ulong>("--seed", "a whole number of at least 0", "All chance comes from it.", 1);
    private readonly Option<int> _threads = Number<int>("--threads", "a whole number of 1 to 1024", "The results do not depend on them.", Math.Min(Environment.ProcessorCount, 16), low: 1, high: 1024);
    private readonly Option<bool> _quick = new("--quick") { Description = "A few seconds of work on a part of the data, to see that it runs." };
    private readonly Option<string> _out = new("--out") { Description = "The folder for the pictures.", HelpName = "DIR", DefaultValueFactory = _ => Path.Combine("artifacts", "experiments") };

    private readonly IReadOnlyList<Experiment> _experiments;
    private readonly TextWriter _output;
    private readonly TextWriter _error;

    private Program(IReadOnlyList<Experiment> experiments, TextWriter output, TextWriter error)
    {
        _experiments = experiments;
        _output = output;
        _error = error;
    }

    private static int Main(string[] arguments)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using var output = new StreamWriter(Console.OpenStandardOutput(), utf8);
        using var error = new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true };
        return Run(arguments, Experiments.All, output, error);
    }

    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">What stands behind the command.</param>
    /// <param name="experiments">The table of experiments.</param>
    /// <param name="output">Receives the results.</param>
    /// <param name="error">Receives progress and failures.</param>
    /// <returns>0 done; 1 an experiment failed, or its data are missing; 2 a command line that cannot be meant.</returns>
    public static int Run(IReadOnlyList<string> arguments, IReadOnlyList<Experiment> experiments, TextWriter output, TextWriter error)
    {
        var program = new Program(experiments, output, error);
        var command = new RootCommand("Published results of recurrent networks, run again.")
        {
            program._name, program._data, program._json, program._seed, program._threads, program._quick, program._out,
        };
        ParseResult parsed = command.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            string missing = arguments.Count == 0 || parsed.GetResult(program._name) is null or { Tokens.Count: 0 } ? "NAME is missing: " + program.Choices() : parsed.Errors[0].Message;
            error.WriteLine($"error: {missing}");
            return WrongUsage;
        }

        command.SetAction(program.Choose);
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output, Error = error });
    }

    private static Option<T> Number<T>(string name, string wanted, string description, T usual, T? low = null, T? high = null)
        where T : struct, IParsable<T>, IComparable<T> => new(name)
        {
            Description = description,
            HelpName = "N",
            Arity = ArgumentArity.ExactlyOne,
            DefaultValueFactory = _ => usual,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (text.All(char.IsAsciiDigit) && T.TryParse(text, CultureInfo.InvariantCulture, out T value) && !(low is { } least && value.CompareTo(least) < 0) && !(high is { } most && value.CompareTo(most) > 0))
                {
                    return value;
                }

                result.AddError($"{name} must be {wanted}; found {(text.Length == 0 ? "nothing" : text)}.");
                return usual;
            },
        };

    private int Choose(ParseResult parsed)
    {
        string name = parsed.GetRequiredValue(_name);
        if (name == "list")
        {
            List();
            return Done;
        }

        Experiment[] chosen = name == "all" ? [.. _experiments] : [.. _experiments.Where(experiment => experiment.Name == name)];
        if (chosen.Length == 0)
        {
            _error.WriteLine($"error: There is no experiment '{name}': {Choices()}");
            return WrongUsage;
        }

        var settings = new RunSettings(
            DataFolder.Find(parsed.GetValue(_data)),
            parsed.GetValue(_seed),
            new Workers(parsed.GetValue(_threads)),
            parsed.GetValue(_quick),
            parsed.GetValue(_out)!,
            _error);
        bool json = parsed.GetValue(_json);
        int failed = chosen.Count(experiment => !RunOne(experiment, settings, json));
        return failed == 0 ? Done : Failed;
    }

    /// <summary>Runs an experiment; one that fails says why, and those behind it still run.</summary>
    private bool RunOne(Experiment experiment, RunSettings settings, bool json)
    {
        List<Result> results = [];
        try
        {
            foreach (string needed in experiment.DataNeeded)
            {
                settings.Data.Require(needed);
            }

            experiment.Run(new ExperimentContext(experiment.Name, settings, result =>
            {
                results.Add(result);
                if (json)
                {
                    JsonLines.Write(_output, result);
                }
            }));
            return true;
        }
        catch (UnfoldException failure)
        {
            _error.WriteLine($"error: {experiment.Name}: {failure.Message}");
            return false;
        }
        finally
        {
            // What was found before a failure is still true.
            if (!json && results.Count > 0)
            {
                ResultTable.Write(_output, results);
                _output.WriteLine();
                _output.Flush();
            }
        }
    }

    private void List()
    {
        int width = _experiments.Select(experiment => experiment.Name.Length).DefaultIfEmpty(0).Max();
        foreach (Experiment experiment in _experiments)
        {
            _output.WriteLine($"{experiment.Name.PadRight(width)}  {experiment.Summary}");
        }

        _output.Flush();
    }

    private string Choices() => $"choose {string.Join(", ", _experiments.Select(experiment => experiment.Name).Append("all"))}, or list to see what they are.";
}
