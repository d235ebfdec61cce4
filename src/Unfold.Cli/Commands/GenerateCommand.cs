using System.CommandLine;
using Unfold.Generation;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>unfold generate: writes on where a prompt ends, or shows what may come next.</summary>
internal sealed class GenerateCommand(Terminal terminal)
{
    private const int MostTexts = 1000;

    private readonly ModelChoice _models = new(terminal);
    private readonly Option<string?> _prompt = Options.Text("--prompt", "TEXT", "The text to go on from; default none, which starts a line.");
    private readonly Option<int?> _length = Options.WholeNumber("--length", 0, int.MaxValue, "The most tokens to write; default 500.");
    private readonly Option<double?> _temperature = Options.Number("--temperature", "of at least 0", value => value >= 0, "Below 1 likely tokens become likelier, above 1 all become more alike; default 1.");
    private readonly Option<double[]?> _temperatures = Options.Numbers("--temperatures", "of at least 0", value => value >= 0, "A text at each of these temperatures, as in 0.2,0.5,1.0,1.2, from the same seed.");
    private readonly Option<int?> _topK = Options.WholeNumber("--top-k", 1, int.MaxValue, "Draw from this many of the likeliest tokens only.");
    private readonly Option<double?> _topP = Share("--top-p", "Draw from the fewest likeliest tokens that together hold this probability.");
    private readonly Option<double?> _minP = Share("--min-p", "Draw from tokens at least this many times as likely as the likeliest.");
    private readonly Option<double?> _typical = Share("--typical", "Draw from the fewest most typical tokens that together hold this probability: neither what is expected nor what is absurd.");
    private readonly Option<double?> _penalty = Options.Number("--repetition-penalty", "of at least 1", value => value >= 1, "Makes tokens that were written before less likely; 1.2 is usual, and 1, which changes nothing, is the default.");
    private readonly Option<bool> _greedy = Options.Switch("--greedy", "Always the likeliest token.");
    private readonly Option<int?> _samples = Options.WholeNumber("--samples", 1, MostTexts, "So many texts; the first from --seed, each further one from the next seed. With --beam the best so many.");
    private readonly Option<int?> _beam = Options.WholeNumber("--beam", 1, MostTexts, "Search for the most probable texts, following so many at a time, instead of drawing.");
    private readonly Option<int?> _groups = Options.WholeNumber("--beam-groups", 1, MostTexts, "Search in so many groups that avoid each other's tokens; default 1.");
    private readonly Option<double?> _diversity = Options.Number("--diversity", "of at least 0", value => value >= 0, "How much the groups avoid each other's tokens, in nats; default 0.5.");
    private readonly Option<string[]> _must = Options.Texts("--must-contain", "A text that must be written, with --beam; may be given several times.");
    private readonly Option<string[]> _stop = Options.Texts("--stop", "Stop before this text; may be given several times.");
    private readonly Option<ulong?> _seed = Options.Seed("The same seed writes the same text; default another one each time.");
    private readonly Option<int?> _next = Options.WholeNumber("--next", 1, int.MaxValue, "Show so many of the likeliest next tokens with their probabilities instead of writing.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new GenerateCommand(terminal);
        var command = new Command("generate", "Write on where a prompt ends, or show the likeliest next tokens.")
        {
            verb._models.Argument, verb._prompt, verb._length, verb._temperature, verb._temperatures, verb._topK, verb._topP, verb._minP, verb._typical, verb._penalty, verb._greedy,
            verb._samples, verb._beam, verb._groups, verb._diversity, verb._must, verb._stop, verb._seed, verb._next, verb._json,
        };
        verb._models.AddTo(command);
        command.SetAction(verb.Run);
        return command;
    }

    private static Option<double?> Share(string name, string description) => Options.Number(name, "above 0 and at most 1", value => value is > 0 and <= 1, description);

    private int Run(ParseResult parsed)
    {
        RequireSense(parsed);
        string[] stops = parsed.GetValue(_stop) ?? [];
        if (stops.Contains(""))
        {
            throw new UsageException("--stop wants at least one character; an empty text would stop before the first.");
        }

        string text = parsed.GetValue(_prompt) ?? "";
        using var interruption = new Interruption(terminal);
        NextTokenModel model = _models.Open(parsed, interruption.Token);
        Prompt prompt = Read(model, text, interruption.Token);
        bool json = parsed.GetValue(_json);
        if (parsed.GetValue(_next) is int count)
        {
            return ShowNext(prompt, Math.Min(count, model.Vocabulary.Count), json);
        }

        int samples = parsed.GetValue(_samples) ?? 1;
        var output = new GeneratedOutput(terminal, prompt, json, parsed.Gave(_samples) || parsed.Gave(_temperatures), interruption);
        return parsed.Gave(_beam)
            ? output.Search(Beam(parsed, stops), samples)
            : output.Draw(Drawing(parsed, stops), parsed.GetValue(_temperatures) ?? [], samples, parsed.GetValue(_seed) ?? (ulong)Random.Shared.NextInt64());
    }

    private Prompt Read(NextTokenModel model, string text, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var progress = new ProgressLine(terminal, "Reading the prompt");
        return new Prompt(model, text, progress.Show, cancellation);
    }

    private GenerationOptions Drawing(ParseResult parsed, string[] stops) => new()
    {
        Length = parsed.GetValue(_length) ?? 500,
        Stops = stops,
        RepetitionPenalty = parsed.GetValue(_penalty) ?? 1,
        Sampling = parsed.GetValue(_greedy)
            ? SamplingOptions.Greedy
            : new SamplingOptions
            {
                Temperature = parsed.GetValue(_temperature) ?? 1,
                TopK = parsed.GetValue(_topK),
                TopP = parsed.GetValue(_topP),
                MinP = parsed.GetValue(_minP),
                Typical = parsed.GetValue(_typical),
            },
    };

    private BeamOptions Beam(ParseResult parsed, string[] stops) => new()
    {
        Beam = parsed.GetValue(_beam)!.Value,
        Groups = parsed.GetValue(_groups) ?? 1,
        Diversity = parsed.GetValue(_diversity) ?? new BeamOptions().Diversity,
        RepetitionPenalty = parsed.GetValue(_penalty) ?? 1,
        Length = parsed.GetValue(_length) ?? 500,
        Stops = stops,
        Forced = parsed.GetValue(_must) ?? [],
    };

    private void RequireSense(ParseResult parsed)
    {
        parsed.Exclude(_temperature, _temperatures);
        foreach (Option choice in (Option[])[_temperature, _temperatures, _topK, _topP, _minP, _typical])
        {
            parsed.Exclude(_greedy, choice);
            parsed.Exclude(_beam, choice);
        }

        parsed.Exclude(_greedy, _samples);
        parsed.Exclude(_greedy, _beam);
        parsed.Exclude(_beam, _seed);
        foreach (Option writing in (Option[])[_length, _temperature, _temperatures, _topK, _topP, _minP, _typical, _penalty, _greedy, _samples, _beam, _groups, _diversity, _must, _stop, _seed])
        {
            parsed.Exclude(_next, writing);
        }

        foreach (Option searching in (Option[])[_groups, _diversity, _must])
        {
            if (parsed.Gave(searching) && !parsed.Gave(_beam))
            {
                throw new UsageException($"{searching.Name} is an option of the search: give --beam N with it.");
            }
        }

        if (parsed.GetValue(_beam) is not int beam)
        {
            return;
        }

        if (parsed.GetValue(_samples) > beam)
        {
            throw new UsageException(FormattableString.Invariant($"A beam of {beam} finds at most {beam} texts, but --samples wants {parsed.GetValue(_samples)}: raise --beam or lower --samples."));
        }

        if (parsed.GetValue(_groups) is int groups && beam % groups != 0)
        {
            throw new UsageException(FormattableString.Invariant($"--beam-groups must divide --beam evenly; found {groups} groups in a beam of {beam}."));
        }

        if (parsed.Gave(_diversity) && parsed.GetValue(_groups) is null or 1)
        {
            throw new UsageException("--diversity keeps groups of a search apart, but here is only one group: give --beam-groups N above 1 with it, or leave it out.");
        }

        if (parsed.GetValue(_length) == 0)
        {
            throw new UsageException("--length must be at least 1 with --beam; found 0.");
        }

        if (parsed.GetValue(_must) is { } texts && texts.Contains(""))
        {
            throw new UsageException("--must-contain wants at least one character; found an empty text.");
        }
    }

    private int ShowNext(Prompt prompt, int count, bool json)
    {
        IReadOnlyList<(string Token, double Probability)> next = prompt.Next(count);
        if (json)
        {
            JsonOutput.Write(terminal, writer =>
            {
                writer.WriteString("prompt", prompt.Text);
                Candidates.Write(writer, "next", next);
                writer.WriteFinite("unknown_probability", prompt.UnknownProbability);
            });
            return ExitCode.Done;
        }

        Candidates.Write(terminal, next, prompt.UnknownProbability);
        return ExitCode.Done;
    }
}
