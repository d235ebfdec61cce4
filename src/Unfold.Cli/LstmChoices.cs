using System.CommandLine;
using Unfold.Cells;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Cli;

/// <summary>The options of the cell lstm.</summary>
internal sealed class LstmChoices
{
    private readonly List<Choice> _choices;

    /// <summary>Makes the options.</summary>
    /// <param name="widest">The widest projection.</param>
    public LstmChoices(int widest)
    {
        const string bound = "of at least 0 that single precision can hold (1.5e-45 to 3.4e38)";
        const string probability = "of at least 0 and below 1";
        Option<bool> peepholes = Options.Switch("--peepholes", "lstm: let the gates see the cell state.");
        Option<int?> projection = Options.WholeNumber("--projection", 0, widest, "lstm: the width of a projected output, 0 for none; default 0.");
        Option<double?> cellClip = Options.Number("--cell-clip", bound, LstmOptions.IsBound, "lstm: the largest size of a cell state, 0 for none; default 0.");
        Option<double?> projectionClip = Options.Number("--projection-clip", bound, LstmOptions.IsBound, "lstm: the largest size of a projected output, 0 for none; default 0.");
        Option<double?> forgetBias = Options.Number("--forget-bias", "that single precision can hold (0, or a size of 1.5e-45 to 3.4e38)", LstmOptions.IsBias, "lstm: the first bias of the forget gate; default 1.");
        Option<bool> coupled = Options.Switch("--coupled", "lstm: let in what is forgotten, i = 1 - f.");
        Option<Activation?> gates = Options.Choice<Activation>("--gate-activation", "lstm: the function of the gates; default sigmoid.");
        Option<Activation?> cell = Options.Choice<Activation>("--cell-activation", "lstm: the function of the candidate; default tanh.");
        Option<Activation?> output = Options.Choice<Activation>("--output-activation", "lstm: the function of the cell state on its way out; default tanh.");
        Option<bool> normalization = Options.Switch("--layer-norm", "lstm: normalize gates and cell state.");
        Option<double?> dropout = Options.Number("--recurrent-dropout", probability, value => value is >= 0 and < 1, "lstm: the share of candidate values dropped in each step of training; default 0.");
        Option<(double Hidden, double Cell)?> zoneout = Options.Pair("--zoneout", probability, value => value is >= 0 and < 1, "lstm: the share of output and cell values left as they were in each step of training, one number for both or two; default 0.");
        _choices =
        [
            new(peepholes, (_, options) => options with { Peepholes = true }),
            new(projection, (parsed, options) => options with { Projection = parsed.GetValue(projection)!.Value }),
            new(cellClip, (parsed, options) => options with { CellClip = parsed.GetValue(cellClip)!.Value }),
            new(projectionClip, (parsed, options) => options with { ProjectionClip = parsed.GetValue(projectionClip)!.Value }),
            new(forgetBias, (parsed, options) => options with { ForgetBias = parsed.GetValue(forgetBias)!.Value }),
            new(coupled, (_, options) => options with { CoupledInputForget = true }),
            new(gates, (parsed, options) => options with { GateActivation = parsed.GetValue(gates)!.Value }),
            new(cell, (parsed, options) => options with { CellActivation = parsed.GetValue(cell)!.Value }),
            new(output, (parsed, options) => options with { OutputActivation = parsed.GetValue(output)!.Value }),
            new(normalization, (_, options) => options with { LayerNormalization = true }),
            new(dropout, (parsed, options) => options with { RecurrentDropout = parsed.GetValue(dropout)!.Value }) { Training = true },
            new(zoneout, (parsed, options) => options with { ZoneoutHidden = parsed.GetValue(zoneout)!.Value.Hidden, ZoneoutCell = parsed.GetValue(zoneout)!.Value.Cell }) { Training = true },
        ];
        RecurrentDropout = dropout;
    }

    /// <summary>All options, in the order of the help.</summary>
    public IEnumerable<Option> All => _choices.Select(choice => choice.Option);

    /// <summary>The one option that is nothing but chance.</summary>
    public Option RecurrentDropout { get; }

    /// <summary>The options of a new model.</summary>
    /// <exception cref="UsageException">One is given for another cell.</exception>
    public LstmOptions Of(ParseResult parsed, CellKind cell)
    {
        var options = new LstmOptions();
        foreach (Choice choice in _choices.Where(choice => parsed.Gave(choice.Option)))
        {
            options = cell == CellKind.Lstm
                ? choice.Set(parsed, options)
                : throw new UsageException($"{choice.Option.Name} is for the cell lstm only; the cell is {cell.ToString().ToLowerInvariant()}: leave it out, or choose --cell lstm.");
        }

        return options;
    }

    /// <summary>The options of a model that starts from another's weights: those of training may be others than it had.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="has">The other model's.</param>
    /// <param name="conflict">Makes the failure of an option that does not fit, from what the other model has.</param>
    public LstmOptions From(ParseResult parsed, LanguageModelSettings has, Func<Option, string, UsageException> conflict)
    {
        LstmOptions options = has.Lstm;
        foreach (Choice choice in _choices.Where(choice => parsed.Gave(choice.Option)))
        {
            LstmOptions wanted = choice.Set(parsed, options);
            if (has.Cell != CellKind.Lstm || (wanted != options && !choice.Training))
            {
                string found = has.Cell != CellKind.Lstm ? $"the cell {has.Cell.ToString().ToLowerInvariant()}" : has.Lstm == new LstmOptions() ? "a plain lstm" : $"an lstm with {has.Lstm}";
                throw conflict(choice.Option, found);
            }

            options = wanted;
        }

        return options;
    }

    private sealed record Choice(Option Option, Func<ParseResult, LstmOptions, LstmOptions> Set)
    {
        /// <summary>Whether it changes the training and not the shape.</summary>
        public bool Training { get; init; }
    }
}
