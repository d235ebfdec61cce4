using System.Text.Json;
using Unfold.Cells;
using Unfold.Models;

namespace Unfold.Persistence;

/// <summary>Saves and loads a <see cref="Forecaster"/>: a folder with config.json, model.safetensors and README.md.</summary>
public static class ForecasterFiles
{
    private const int LongestWindow = 10_000_000;

    extension(Forecaster model)
    {
        /// <inheritdoc cref="SequenceClassifierFiles.Save" path="/summary|/exception"/>
        public void Save(string folder)
        {
            ArgumentNullException.ThrowIfNull(model);
            SequenceModelFolder.Save(folder, model, json =>
            {
                SequenceConfig.Write(json, model.Settings.Encoder);
                SequenceConfig.Write(json, model.Encoder.Schema.Values!, "input_scale");
                SequenceConfig.Write(json, model.TargetScale, "target_scale");
                Write(json, model);
            });
        }

        /// <inheritdoc cref="SequenceClassifierFiles.Load" path="/summary|/param|/exception"/>
        public static Forecaster Load(string folder, CellFactory? customCell = null) => SequenceModelFolder.Load(folder, fields =>
        {
            SequenceEncoderSettings encoder = SequenceConfig.ReadEncoder(fields, customCell);
            Standardization input = SequenceConfig.ReadScale(fields, "input_scale"), target = SequenceConfig.ReadScale(fields, "target_scale");
            ForecastFrame frame = Read(fields.Object("forecast"), encoder);
            return frame.InputWidth == input.Width && frame.Targets.Count == target.Width
                ? new Blueprint<Forecaster>(Forecaster.CountParameters(frame, input), () => new Forecaster(frame, input, target, random: null))
                : throw new UnfoldException($"config.json does not fit together: it names {frame.InputWidth} variables and {frame.Targets.Count} targets, and has scales of {input.Width} and {target.Width}.");
        });
    }

    private static void Write(Utf8JsonWriter json, Forecaster model)
    {
        ForecasterSettings settings = model.Settings;
        json.WriteStartObject("forecast");
        SequenceConfig.Write(json, "variables", model.Names);
        SequenceConfig.Write(json, "known", model.KnownNames);
        SequenceConfig.Write(json, "targets", model.Targets);
        json.WriteNumber("season", model.Season);
        json.WriteNumber("input_length", settings.InputLength);
        json.WriteNumber("horizon", settings.Horizon);
        json.WriteString("output", SequenceConfig.Word(settings.Output));
        SequenceConfig.Write(json, "levels", settings.Levels);
        json.WriteString("scaling", SequenceConfig.Word(settings.Scaling));
        json.WriteString("transform", SequenceConfig.Word(settings.Transform));
        json.WriteNumber("validation_fraction", settings.ValidationFraction);
        json.WriteNumber("stride", settings.Stride);
        json.WriteEndObject();
    }

    private static ForecastFrame Read(JsonFields fields, SequenceEncoderSettings encoder)
    {
        IReadOnlyList<string> variables = fields.Strings("variables"), known = fields.Strings("known");
        int season = fields.Int32("season", 1, int.MaxValue);
        var settings = new ForecasterSettings
        {
            Encoder = encoder,
            Targets = fields.Strings("targets"),
            InputLength = fields.Int32("input_length", 1, LongestWindow),
            Horizon = fields.Int32("horizon", 1, LongestWindow),
            Output = fields.Enum<ForecastOutput>("output"),
            Levels = fields.Doubles("levels"),
            Scaling = fields.Enum<WindowScaling>("scaling"),
            Transform = fields.Enum<ValueTransform>("transform"),
            ValidationFraction = fields.Double("validation_fraction", 0, 1),
            Stride = fields.Int32("stride", 1, int.MaxValue),
        };
        fields.Done();
        return new ForecastFrame(settings, variables, known, season);
    }
}
