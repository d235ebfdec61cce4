using System.CommandLine;
using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;
using Unfold.Training;

namespace Unfold.Cli.Commands;

/// <summary>unfold gradcheck: compares the gradients of a small random model with differences of the same equations in double precision.</summary>
internal sealed class GradcheckCommand(Terminal terminal)
{
    private const double DefaultTolerance = 1e-4;
    private const int Largest = 1024;

    // The points of the difference formula.
    private const int LossesPerEntry = 4;

    private const string Letters = "abcdefgh";

    // At about a nanosecond and a half each, less than half an hour.
    private const double MostProducts = 1e12, SecondsPerProduct = 1.5e-9;

    // What an activation costs beside a product.
    private const int ProductsPerActivation = 20;

    // As glorot weights are small, gates would stay near their middle, where a wrong derivative hides.
    private const float Enlargement = 1.5f, BiasSpread = 0.5f;

    private readonly Option<CellKind?> _cell = Options.Cell("The recurrent cell; default lstm.");
    private readonly Option<Activation?> _activation = Options.Choice<Activation>("--activation", "The function of the cell rnn; default tanh.");
    private readonly Option<int?> _layers = Options.WholeNumber("--layers", 1, 16, "Recurrent layers; default 2.");
    private readonly Option<LayerWidths?> _hidden = Options.Widths("--hidden", Largest, "The width of the layers: one for all, or one for each with commas between; default 7.");
    private readonly Option<bool> _residual = Options.Switch("--residual", "Add the input of each layer after the first to its output, where both are of one width.");
    private readonly LstmChoices _lstm = new(Largest);
    private readonly Option<int?> _embedding = Options.WholeNumber("--embedding", 0, Largest, "The width of token vectors, 0 for one-hot input; default 0.");
    private readonly Option<int?> _sequenceLength = Options.WholeNumber("--seq-length", 1, Largest, "Time steps; default 9.");
    private readonly Option<int?> _batchSize = Options.WholeNumber("--batch-size", 1, Largest, "Sequences side by side; default 3.");
    private readonly Option<LossOver?> _loss = Options.Choice<LossOver>("--loss", "The steps that count; default all.");
    private readonly Option<ulong?> _seed = Options.Seed("The seed of weights and tokens; default 1.");
    private readonly Option<double?> _tolerance = Options.Number("--tolerance", "above 0", value => value > 0, "The largest relative error that passes; default 1e-4.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new GradcheckCommand(terminal);
        var command = new Command("gradcheck", "Check the gradients of a configuration against differences in double precision. Nothing is drawn: zoneout is checked as its mean, as it is used, and dropout, which drops nothing then, has no option here.")
        {
            verb._cell, verb._activation, verb._layers, verb._hidden, verb._residual, verb._embedding, verb._sequenceLength, verb._batchSize, verb._loss, verb._seed, verb._tolerance, verb._json,
        };

        foreach (Option option in verb._lstm.All.Where(option => option != verb._lstm.RecurrentDropout))
        {
            command.Options.Add(option);
        }

        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        CellKind cell = parsed.GetValue(_cell) ?? CellKind.Lstm;
        LayerWidths hidden = parsed.GetValue(_hidden) ?? 7;
        var settings = new LanguageModelSettings
        {
            Cell = cell,
            Activation = parsed.GetValue(_activation) ?? Activation.Tanh,
            Lstm = _lstm.Of(parsed, cell),
            Layers = parsed.GetValue(_layers) ?? (hidden.IsOneForAll ? 2 : hidden.Values.Count),
            Hidden = hidden,
            Connection = parsed.GetValue(_residual) ? StackConnection.Residual : StackConnection.Plain,
            Embedding = parsed.GetValue(_embedding) ?? 0,
        };
        RequireSense(settings);
        int batch = parsed.GetValue(_batchSize) ?? 3;
        int time = parsed.GetValue(_sequenceLength) ?? 9;
        RequireWork(settings, batch, time);
        double tolerance = parsed.GetValue(_tolerance) ?? DefaultTolerance;
        GradientCheckReport report = Check(settings, batch, time, parsed.GetValue(_loss) ?? LossOver.All, parsed.GetValue(_seed) ?? 1);
        bool passed = report.Passed(tolerance);
        if (parsed.GetValue(_json))
        {
            WriteJson(report, tolerance, passed);
        }
        else
        {
            Write(report);
        }

        terminal.Line(FormattableString.Invariant($"{(passed ? "Passed" : "Failed")}: the largest relative error is {report.LargestError:0.0e+00}, the tolerance {tolerance:0.0e+00}"));
        return passed ? ExitCode.Done : ExitCode.Failed;
    }

    private static void RequireSense(LanguageModelSettings settings)
    {
        try
        {
            settings.Validate();
        }
        catch (UnfoldException failure)
        {
            throw new UsageException(failure.Message);
        }
    }

    /// <summary>Refuses what would take hours: the reference computes each loss anew, step by step, in double precision on one core.</summary>
    private static void RequireWork(LanguageModelSettings settings, int batch, int time)
    {
        double units = Enumerable.Range(0, settings.Layers).Sum(layer => (double)settings.Hidden[layer]);
        int vocabulary = Letters.Length + Vocabulary.SpecialCount;
        int losses = LossesPerEntry * new GradientCheckOptions().EntriesPerParameter * settings.CountTensors(vocabulary);
        double parameters = settings.CountParameters(vocabulary);
        double products = (double)losses * batch * time * (parameters + (ProductsPerActivation * 4.0 * units));
        if (products > MostProducts)
        {
            throw new UsageException(FormattableString.Invariant(
                $"This check would compute about {losses:N0} losses over {(long)batch * time:N0} tokens with {parameters:N0} parameters, which takes about {products * SecondsPerProduct / 3600:N1} hours, {products / MostProducts:N1} times as much as is allowed: lower --hidden, --layers, --batch-size or --seq-length; small sizes show a wrong gradient as well."));
        }
    }

    private GradientCheckReport Check(LanguageModelSettings settings, int batch, int time, LossOver over, ulong seed)
    {
        var random = new SeededRandom(seed);
        var vocabulary = new Vocabulary(TokenKind.Character, LetterCase.Kept, Letters.Select(letter => letter.ToString()));
        var model = new LanguageModel(settings, vocabulary, random);
        Enlarge(model, random);
        int[] inputs = [.. Enumerable.Range(0, time * batch).Select(_ => random.NextInt32(vocabulary.Count))];
        int[] targets = [.. Enumerable.Range(0, time * batch).Select(_ => random.NextInt32(vocabulary.Count))];
        int[] counted = over == LossOver.All ? targets : [.. Enumerable.Repeat(-1, (time - 1) * batch), .. targets[^batch..]];
        var reference = new ReferenceLanguageModel(model);
        var checking = new GradientCheckOptions { Seed = seed };
        double losses = LossesPerEntry * model.Parameters.Sum(parameter => (double)Math.Min(parameter.Shape.Length, checking.EntriesPerParameter));
        long computed = 0;
        using var progress = new ProgressLine(terminal, "Checking");
        return GradientCheck.Run(
            model.Parameters,
            tape => model.Loss(tape, inputs, targets, batch, over: over).Loss,
            values =>
            {
                progress.Show(computed++ / losses);
                return reference.Loss(values, inputs, counted, batch);
            },
            checking);
    }

    private static void Enlarge(LanguageModel model, SeededRandom random)
    {
        foreach (Parameter parameter in model.Parameters)
        {
            Span<float> values = parameter.Edit();
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (values[i] * Enlargement) + (parameter.Shape.Rank == 1 ? BiasSpread * ((2 * random.NextSingle()) - 1) : 0);
            }
        }
    }

    private void Write(GradientCheckReport report)
    {
        terminal.Output.WriteLine($"{"parameter",-32} {"shape",-16} {"checked",8} {"relative error",15} {"largest gradient",17}");
        foreach (ParameterGradientCheck check in report.Parameters)
        {
            terminal.Output.WriteLine(FormattableString.Invariant(
                $"{check.Name,-32} {check.Shape.ToString(),-16} {check.CheckedEntries,8} {check.RelativeError,15:0.0e+00} {check.LargestGradient,17:0.0e+00}{(check.IsZero ? "  all zero" : "")}"));
        }
    }

    private void WriteJson(GradientCheckReport report, double tolerance, bool passed) => JsonOutput.Write(terminal, json =>
    {
        json.WriteBoolean("passed", passed);
        json.WriteNumber("tolerance", tolerance);
        json.WriteFinite("largest_error", report.LargestError);
        json.WriteStartArray("parameters");
        foreach (ParameterGradientCheck check in report.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteNumber("checked", check.CheckedEntries);
            json.WriteFinite("relative_error", check.RelativeError);
            json.WriteFinite("largest_gradient", check.LargestGradient);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
