using System.CommandLine;
using System.Text.Json;
using Unfold.Cli.Training;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Cli;

/// <summary>The model of a verb that takes any: a recurrent one, n-grams, or a mixture of two.</summary>
internal sealed class ModelChoice(Terminal terminal)
{
    private readonly Option<string?> _mix = Options.Path("--mix", "MODEL", "A second model, whose probabilities are mixed with those of the first.");
    private readonly Option<double?> _weight = Options.Number("--mix-weight", "above 0 and below 1", value => value is > 0 and < 1, "The share of the first model in the mixture; default 0.5.");
    private readonly Option<string[]> _tune = Options.Paths("--mix-tune", "Held-out UTF-8 files: take the share that foretells them best.");

    /// <summary>The first model.</summary>
    public Argument<string> Argument { get; } = AnyModel();

    /// <summary>Gives a verb the options of the mixture.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_mix);
        command.Options.Add(_weight);
        command.Options.Add(_tune);
    }

    /// <summary>Opens the models.</summary>
    /// <exception cref="UsageException">A share without a second model, or two of them.</exception>
    /// <exception cref="UnfoldException">There is no model, or two do not fit together.</exception>
    public NextTokenModel Open(ParseResult parsed, CancellationToken cancellation)
    {
        parsed.Exclude(_weight, _tune);
        string? other = parsed.GetValue(_mix);
        foreach (Option needsTwo in other is null ? (Option[])[_weight, _tune] : [])
        {
            if (parsed.Gave(needsTwo))
            {
                throw new UsageException($"{needsTwo.Name} is about a mixture of two models: name the second one with --mix.");
            }
        }

        NextTokenModel model = Open(terminal, parsed.GetRequiredValue(Argument), cancellation);
        if (other is null)
        {
            return model;
        }

        var mixture = new MixtureModel(model, Open(terminal, other, cancellation), parsed.GetValue(_weight) ?? 0.5);
        if (mixture.OnlyFirst + mixture.OnlySecond > 0)
        {
            terminal.Line(FormattableString.Invariant($"The models know different tokens, {mixture.OnlyFirst:N0} only the first and {mixture.OnlySecond:N0} only the second: what one of them does not know has the probability 0 there."));
        }

        return parsed.Gave(_tune) ? MixtureShare.Tune(terminal, mixture, parsed.GetRequiredValue(_tune), cancellation) : mixture;
    }

    /// <summary>Writes the first model's share of a mixture; nothing for one model alone.</summary>
    public static void WriteShare(Utf8JsonWriter json, NextTokenModel model)
    {
        if (model is MixtureModel mixture)
        {
            json.WriteNumber("mix_weight", mixture.Weight);
        }
    }

    /// <summary>Opens one model with progress.</summary>
    /// <exception cref="UnfoldException">There is no model, or it is damaged.</exception>
    public static NextTokenModel Open(Terminal terminal, string path, CancellationToken cancellation)
    {
        RunReplacement.Recover(path);
        NextTokenModel model;
        using (var progress = new ProgressLine(terminal, $"Reading {path}"))
        {
            model = ModelFile.Open(path, progress: progress.Show, cancellation: cancellation);
        }

        SegmentationNote.Tell(terminal, path, model.Vocabulary);
        return model;
    }

    /// <summary>A recurrent model or n-grams.</summary>
    public static Argument<string> AnyModel()
    {
        Argument<string> argument = Options.Model();
        argument.Description = "The folder of a model or of a training run, or a file of n-grams.";
        return argument;
    }
}
