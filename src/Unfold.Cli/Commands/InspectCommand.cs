using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Unfold.Autograd;
using Unfold.Cli.Training;
using Unfold.Models;
using Unfold.NGrams;
using Unfold.Persistence;

namespace Unfold.Cli.Commands;

/// <summary>unfold inspect: shows what a model folder holds.</summary>
internal sealed class InspectCommand(Terminal terminal)
{
    private enum ValueKind
    {
        Text,
        Number,
    }

    private readonly Argument<string> _model = ModelChoice.AnyModel();
    private readonly GradientFlowReport _flow = new(terminal);
    private readonly Option<string?> _curve = Options.Picture("--learning-curve", "Draw the losses at the validations of a training run.");
    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object.");

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new InspectCommand(terminal);
        var command = new Command("inspect", "Show a model's layers, parameters, vocabulary, training settings, results and learning curve, or how far back its gradients reach; of n-grams how many there are of each length.") { verb._model };
        foreach (Option option in verb._flow.All)
        {
            command.Add(option);
        }

        command.Add(verb._curve);
        command.Add(verb._json);
        command.SetAction(verb.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_model);
        RunReplacement.Recover(path);
        var folder = new ModelFolder(path);
        bool flow = _flow.IsAsked(parsed), counted = NGramFile.IsMeant(path);
        if (flow && parsed.Gave(_curve))
        {
            throw new UsageException("--gradient-flow and --learning-curve show different things: give one of them.");
        }

        if (counted || ClozeModel.IsIn(path))
        {
            string? recurrent = parsed.Gave(_curve) ? "--learning-curve draws what the training of a recurrent language model has noted"
                : flow ? "--gradient-flow follows a recurrent language model back through the text"
                : null;
            return recurrent is not null
                ? throw new UsageException($"{recurrent}, but {path} {(counted ? "is a file, as n-grams are" : "holds a model that fills gaps")}: leave it out.")
                : counted ? ShowNGrams(path, parsed.GetValue(_json)) : ShowCloze(ClozeModel.Load(path), parsed.GetValue(_json));
        }

        LanguageModel model = folder.Load();
        if (flow)
        {
            return _flow.Run(parsed, model, path, parsed.GetValue(_json));
        }

        RunSettings settings = RunSettings.Read(folder.ConfigFile);
        (TrainingResults? results, IReadOnlyList<LearningPoint> history) = File.Exists(folder.CheckpointFile) ? TrainingCheckpoint.ReadResults(folder.CheckpointFile) : (null, []);
        if (parsed.GetValue(_curve) is { } picture)
        {
            PictureFile.Write(terminal, picture, LearningCurveReport.ToChart(path, history));
        }

        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(terminal, json => WriteJson(json, model, settings, results, history));
        }
        else
        {
            Write(model, settings, results, history);
        }

        return ExitCode.Done;
    }

    private int ShowNGrams(string path, bool json)
    {
        using var interruption = new Interruption(terminal);
        NGramModel model = NGramInput.Read(terminal, path, interruption.Token);
        long bytes = new FileInfo(path).Length;
        if (json)
        {
            JsonOutput.Write(terminal, writer => NGramReport.WriteJson(writer, model, bytes));
        }
        else
        {
            NGramReport.Write(terminal.Output, model, bytes);
        }

        return ExitCode.Done;
    }

    private int ShowCloze(ClozeModel model, bool json)
    {
        if (json)
        {
            JsonOutput.Write(terminal, writer =>
            {
                writer.WriteString("cell", Word(model.Settings.Cell));
                writer.WriteNumber("layers", model.Settings.Layers);
                writer.WriteNumber("hidden", model.Settings.Hidden);
                writer.WriteNumber("embedding", model.Settings.Embedding);
                writer.WriteNumber("parameters", model.Parameters.ValueCount);
                VocabularyReport.WriteJson(writer, model.Vocabulary);
                WriteTensors(writer, model.Parameters);
            });
            return ExitCode.Done;
        }

        terminal.Output.WriteLine(model);
        WriteParameters(terminal.Output, model.Parameters);
        VocabularyReport.Write(terminal.Output, model.Vocabulary, VocabularyReport.Order(model.Vocabulary));
        return ExitCode.Done;
    }

    private static void WriteParameters(TextWriter output, ParameterSet parameters)
    {
        output.WriteLine();
        output.WriteLine("Parameters");
        foreach (Parameter parameter in parameters)
        {
            output.WriteLine(Invariant($"  {parameter.Name,-32} {parameter.Shape.ToString(),-16} {parameter.Shape.Length,12:N0} values, root mean square {RootMeanSquare(parameter):0.0000}"));
        }
    }

    private void Write(LanguageModel model, RunSettings settings, TrainingResults? results, IReadOnlyList<LearningPoint> history)
    {
        TextWriter output = terminal.Output;
        output.WriteLine(model);
        WriteParameters(output, model.Parameters);
        VocabularyReport.Write(output, model.Vocabulary, VocabularyReport.Order(model.Vocabulary));
        if (settings is { Training: TrainingSettings training, Data: RunData data })
        {
            output.WriteLine();
            output.WriteLine("Training");
            foreach ((string name, string value, _) in Describe(training, data, settings.Model))
            {
                output.WriteLine($"  {name,-18} {value.Printable}");
            }
        }

        if (results is not null)
        {
            output.WriteLine();
            output.WriteLine("Results");
            output.WriteLine(Invariant($"  {"steps",-18} {results.Steps}"));
            output.WriteLine(Invariant($"  {"train_loss",-18} {results.TrainLoss:0.0000}"));
            output.WriteLine(double.IsFinite(results.ValidationLoss)
                ? Invariant($"  {"valid_loss",-18} {results.ValidationLoss:0.0000} nats per token (perplexity {results.ValidationPerplexity:0.000}, {results.BitsPerToken:0.0000} bits)")
                : Invariant($"  {"valid_loss",-18} -"));
            if (history.Count > 0)
            {
                LearningCurveReport.Write(output, history);
            }
        }
    }

    private static void WriteJson(Utf8JsonWriter json, LanguageModel model, RunSettings settings, TrainingResults? results, IReadOnlyList<LearningPoint> history)
    {
        json.WriteString("cell", Word(settings.Model.Cell));
        json.WriteNumber("layers", settings.Model.Layers);
        WriteWidths(json, settings.Model.Hidden);
        json.WriteString("connection", Word(settings.Model.Connection));
        json.WriteString("options", settings.Model.Lstm.ToString());
        json.WriteNumber("embedding", settings.Model.Embedding);
        json.WriteString("output_weights", Word(settings.Model.OutputWeights));
        json.WriteString("softmax", Word(settings.Model.Softmax));
        json.WriteNumber("parameters", settings.Model.CountParameters(model.Vocabulary.Count));
        VocabularyReport.WriteJson(json, model.Vocabulary);
        WriteTensors(json, model.Parameters);
        if (settings is { Training: TrainingSettings training, Data: RunData data })
        {
            json.WriteStartObject("training");
            foreach ((string name, string value, ValueKind kind) in Describe(training, data, settings.Model))
            {
                json.WritePropertyName(name);
                if (kind == ValueKind.Number)
                {
                    json.WriteRawValue(value);
                }
                else
                {
                    json.WriteStringValue(value);
                }
            }

            json.WriteEndObject();
        }

        if (results is not null)
        {
            json.WriteStartObject("results");
            json.WriteNumber("steps", results.Steps);
            json.WriteFinite("train_loss", results.TrainLoss);
            json.WriteFinite("valid_loss", results.ValidationLoss);
            json.WriteFinite("valid_perplexity", results.ValidationPerplexity);
            json.WriteFinite("bits_per_token", results.BitsPerToken);
            LearningCurveReport.WriteJson(json, history);
            json.WriteEndObject();
        }
    }

    private static void WriteTensors(Utf8JsonWriter json, ParameterSet parameters)
    {
        json.WriteStartArray("tensors");
        foreach (Parameter parameter in parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", parameter.Name);
            json.WriteStartArray("shape");
            for (int dimension = 0; dimension < parameter.Shape.Rank; dimension++)
            {
                json.WriteNumberValue(parameter.Shape[dimension]);
            }

            json.WriteEndArray();
            json.WriteNumber("root_mean_square", RootMeanSquare(parameter));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteWidths(Utf8JsonWriter json, LayerWidths widths)
    {
        json.WritePropertyName("hidden");
        json.WriteRawValue(widths.IsOneForAll ? widths.ToString() : $"[{widths}]");
    }

    private static IEnumerable<(string Name, string Value, ValueKind Kind)> Describe(TrainingSettings training, RunData data, LanguageModelSettings model)
    {
        yield return ("text", data.Text.Count == 0 ? "the embedded corpus" : string.Join(", ", data.Text), ValueKind.Text);
        yield return ("valid", data.Validation ?? (data.ValidationFraction == 0 ? "-" : Invariant($"the last {data.ValidationFraction * 100:0.##}%")), ValueKind.Text);
        yield return ("unknown_tokens", Invariant($"{data.UnknownTokens}"), ValueKind.Number);
        yield return ("batch_size", Invariant($"{training.BatchSize}"), ValueKind.Number);
        yield return ("seq_length", Invariant($"{training.SequenceLength}"), ValueKind.Number);
        yield return ("segment_length", Invariant($"{training.SegmentLength}"), ValueKind.Number);
        yield return ("batching", Word(training.Batching), ValueKind.Text);
        yield return ("loss", Word(training.Loss), ValueKind.Text);
        yield return training.Steps > 0 ? ("steps", Invariant($"{training.Steps}"), ValueKind.Number) : ("epochs", Invariant($"{training.Epochs}"), ValueKind.Number);
        yield return ("optimizer", Word(training.Optimizer), ValueKind.Text);
        yield return ("lr", Invariant($"{training.LearningRate}"), ValueKind.Number);
        yield return ("schedule", Word(training.Schedule), ValueKind.Text);
        yield return ("clip_norm", Invariant($"{training.ClipNorm}"), ValueKind.Number);
        yield return ("clip_value", Invariant($"{training.ClipValue}"), ValueKind.Number);
        yield return ("dropout", Invariant($"{model.Dropout}"), ValueKind.Number);
        yield return ("dropout_mask", Word(model.DropoutMask), ValueKind.Text);
        yield return ("word_dropout", Invariant($"{model.WordDropout}"), ValueKind.Number);
        yield return ("weight_dropout", Invariant($"{model.WeightDropout}"), ValueKind.Number);
        yield return ("averaging", Invariant($"{training.Averaging}"), ValueKind.Number);
        yield return ("patience", Invariant($"{training.Patience}"), ValueKind.Number);
        yield return ("seed", Invariant($"{training.Seed}"), ValueKind.Number);
        yield return ("checkpoint_every", Invariant($"{training.CheckpointEvery}"), ValueKind.Number);
    }

    private static double RootMeanSquare(Parameter parameter)
    {
        double sum = 0;
        foreach (float value in parameter.Values)
        {
            sum += (double)value * value;
        }

        return Math.Sqrt(sum / parameter.Shape.Length);
    }

    private static string Word<T>(T choice)
        where T : struct, Enum => choice.ToString().ToLowerInvariant();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
