using System.CommandLine;
using System.Globalization;
using Unfold.Cli.Training;
using Unfold.Generation;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Cli.Commands;

/// <summary>unfold generate: writes on where a prompt ends, or shows what may come next.</summary>
internal sealed class GenerateCommand(Terminal terminal)
{
    private readonly Argument<string> _model = Options.Model();
    private readonly Option<string?> _prompt = Options.Text("--prompt", "TEXT", "The text to go on from; default none, which starts a line.");
    private readonly Option<long?> _length = Options.Whole("--length", 0, int.MaxValue, "The most tokens to write; default 500.");
    private readonly Option<double?> _temperature = Options.Number("--temperature", "of at least 0", value => value >= 0, "Below 1 likely tokens become likelier, above 1 all become more alike; default 1.");
    private readonly Option<long?> _topK = Options.Whole("--top-k", 1, int.MaxValue, "Draw from this many of the likeliest tokens only.");
    private readonly Option<double?> _topP = Options.Number("--top-p", "above 0 and at most 1", value => value is > 0 and <= 1, "Draw from the fewest likeliest tokens that together hold this probability.");
    private readonly Option<bool> _greedy = Options.Switch("--greedy", "Always the likeliest token.");
    private readonly Option<string[]> _stop = new("--stop") { Description = "Stop before this text; may be given several times.", HelpName = "TEXT", Arity = new ArgumentArity(1, 1000) };
    private readonly Option<ulong?> _seed = Options.Seed("The same seed writes the same text; default another one each time.");
    private readonly Option<long?> _next = Options.Whole("--next", 1, int.MaxValue, "Show so many of the likeliest next tokens with their probabilities instead of writing.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new GenerateCommand(terminal);
        var command = new Command("generate", "Write on where a prompt ends, or show the likeliest next tokens.")
        {
            verb._model, verb._prompt, verb._length, verb._temperature, verb._topK, verb._topP, verb._greedy, verb._stop, verb._seed, verb._next, verb._json,
        };
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        RequireSense(parsed);
        string[] stops = parsed.GetValue(_stop) ?? [];
        if (stops.Contains(""))
        {
            throw new UsageException("--stop wants at least one character; an empty text would stop before the first.");
        }

        string prompt = parsed.GetValue(_prompt) ?? "";
        using var interruption = new Interruption(terminal);
        LanguageModel model = RunFolder.Load(parsed.GetRequiredValue(_model));
        interruption.Token.ThrowIfCancellationRequested();
        if (parsed.GetValue(_next) is long count)
        {
            return ShowNext(model, prompt, (int)Math.Min(count, model.Vocabulary.Count), parsed.GetValue(_json));
        }

        var options = new GenerationOptions
        {
            Length = (int)(parsed.GetValue(_length) ?? 500),
            Stops = stops,
            Sampling = parsed.GetValue(_greedy)
                ? SamplingOptions.Greedy
                : new SamplingOptions { Temperature = parsed.GetValue(_temperature) ?? 1, TopK = (int?)parsed.GetValue(_topK), TopP = parsed.GetValue(_topP) },
        };
        ulong seed = parsed.GetValue(_seed) ?? (ulong)Random.Shared.NextInt64();
        return parsed.GetValue(_json) ? WriteJson(model, prompt, options, seed, interruption) : WriteText(model, prompt, options, seed, interruption);
    }

    private void RequireSense(ParseResult parsed)
    {
        foreach (Option choice in (Option[])[_temperature, _topK, _topP])
        {
            parsed.Exclude(_greedy, choice);
        }

        foreach (Option writing in (Option[])[_length, _temperature, _topK, _topP, _greedy, _stop, _seed])
        {
            parsed.Exclude(_next, writing);
        }
    }

    private int ShowNext(LanguageModel model, string prompt, int count, bool json)
    {
        IReadOnlyList<(string Token, double Probability)> next = TextGenerator.Next(model, prompt, count);
        if (json)
        {
            JsonOutput.Write(terminal, writer =>
            {
                writer.WriteString("prompt", prompt);
                writer.WriteStartArray("next");
                foreach ((string token, double probability) in next)
                {
                    writer.WriteStartObject();
                    writer.WriteString("token", token);
                    writer.WriteNumber("probability", probability);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return ExitCode.Done;
        }

        foreach ((string token, double probability) in next)
        {
            terminal.Output.WriteLine($"{probability.ToString("0.000000", CultureInfo.InvariantCulture)}  {Visible(token)}");
        }

        return ExitCode.Done;
    }

    private int WriteText(LanguageModel model, string prompt, GenerationOptions options, ulong seed, Interruption interruption)
    {
        IEnumerable<string> pieces = TextGenerator.Generate(model, prompt, options, new SeededRandom(seed), cancellation: interruption.Token);
        terminal.Output.Write(prompt);
        string last = prompt;
        foreach (string piece in pieces)
        {
            terminal.Output.Write(piece);
            terminal.Output.Flush();
            last = piece;
        }

        if (!last.EndsWith('\n'))
        {
            terminal.Output.WriteLine();
        }

        return interruption.Asked ? ExitCode.Interrupted : ExitCode.Done;
    }

    private int WriteJson(LanguageModel model, string prompt, GenerationOptions options, ulong seed, Interruption interruption)
    {
        GenerationEnd end = default;
        string text = string.Concat(TextGenerator.Generate(model, prompt, options, new SeededRandom(seed), found => end = found, interruption.Token));
        JsonOutput.Write(terminal, writer =>
        {
            writer.WriteString("prompt", prompt);
            writer.WriteString("text", text);
            writer.WriteNumber("tokens", end.Tokens);
            writer.WriteNumber("seed", seed);
            writer.WriteString("stopped_by", end.Stop is not null ? "stop" : end.SentenceEnded ? "end" : end.Tokens < options.Length ? "interrupt" : "length");
        });
        return interruption.Asked ? ExitCode.Interrupted : ExitCode.Done;
    }

    /// <summary>A token as it can be seen in a table.</summary>
    private static string Visible(string token) => token switch
    {
        "\n" => "\\n",
        "\t" => "\\t",
        " " => "\" \"",
        _ => token,
    };
}
