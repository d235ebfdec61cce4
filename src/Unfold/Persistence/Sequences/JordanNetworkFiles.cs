using System.Text.Json;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Persistence;

/// <summary>Saves and loads a <see cref="JordanNetwork"/>: a folder with config.json, model.safetensors and README.md.</summary>
public static class JordanNetworkFiles
{
    extension(JordanNetwork model)
    {
        /// <summary>Writes the model into a folder, whole or not at all; an older model in it is replaced.</summary>
        /// <exception cref="UnfoldException">The folder or a file cannot be written.</exception>
        public void Save(string folder)
        {
            ArgumentNullException.ThrowIfNull(model);
            SequenceModelFolder.Save(folder, model, json =>
            {
                Write(json, model.Settings);
                if (model.Input is { } input)
                {
                    SequenceConfig.Write(json, input);
                }

                if (model.Labels is { } labels)
                {
                    SequenceConfig.Write(json, "labels", labels.Labels);
                }
                else
                {
                    SequenceConfig.Write(json, model.Scale!, "values");
                }
            });
        }

        /// <summary>Reads a model from a folder; it predicts with the same bits as the one that was saved.</summary>
        /// <exception cref="UnfoldException">The folder is no such model, or damaged, or newer than this Unfold; the message names the file.</exception>
        public static JordanNetwork Load(string folder) => SequenceModelFolder.Load(folder, fields =>
        {
            JordanNetworkSettings settings = ReadSettings(fields.Object("network"));
            SequenceSchema? input = fields.Has("input") ? SequenceConfig.ReadSchema(fields) : null;
            LabelTable? labels = fields.Has("labels") ? new LabelTable(fields.Strings("labels")) : null;
            Standardization? scale = labels is null ? SequenceConfig.ReadScale(fields, "values") : null;
            return new Blueprint<JordanNetwork>(
                JordanNetwork.CountParameters(input, labels, scale, settings), () => new JordanNetwork(input, labels, scale, settings, random: null));
        });
    }

    private static void Write(Utf8JsonWriter json, JordanNetworkSettings settings)
    {
        json.WriteStartObject("network");
        json.WriteNumber("hidden", settings.Hidden);
        json.WriteString("activation", SequenceConfig.Word(settings.Activation));
        json.WriteNumber("embedding", settings.Embedding);
        json.WriteNumber("minimum_count", settings.MinimumCount);
        json.WriteString("measured", SequenceConfig.Word(settings.Measured));
        if (settings.Sampling is { } sampling)
        {
            json.WriteString("sampling_rise", SequenceConfig.Word(sampling.Rise));
            json.WriteNumber("sampling_final", sampling.Final);
        }

        json.WriteEndObject();
    }

    private static JordanNetworkSettings ReadSettings(JsonFields fields)
    {
        var settings = new JordanNetworkSettings
        {
            Hidden = fields.Int32("hidden", 1, SequenceConfig.WidestLayer),
            Activation = fields.Enum<Activation>("activation"),
            Embedding = fields.Int32("embedding", 0, SequenceConfig.WidestLayer),
            MinimumCount = fields.Int32("minimum_count", 1, int.MaxValue),
            Measured = fields.Enum<OutputFeedback>("measured"),
            Sampling = fields.Has("sampling_rise")
                ? new ScheduledSampling { Rise = fields.Enum<SamplingRise>("sampling_rise"), Final = fields.Double("sampling_final", 0, 1) }
                : null,
        };
        fields.Done();
        settings.Validate();
        return settings;
    }
}
