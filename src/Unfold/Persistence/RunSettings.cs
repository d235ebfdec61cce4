using System.Text.Json;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Persistence;

/// <summary>What config.json holds: the shape of the model, and for a training run where its text comes from and how it is trained.</summary>
/// <param name="Model">The shape.</param>
/// <param name="Training">How it is trained; null for a model that is no run.</param>
/// <param name="Data">Where the text comes from; null for a model that is no run.</param>
public sealed record RunSettings(LanguageModelSettings Model, TrainingSettings? Training, RunData? Data)
{
    private const int FormatVersion = 1;

    /// <summary>Reads config.json.</summary>
    /// <param name="path">The file.</param>
    /// <param name="customCell">Makes the cells of a model whose cell is the user's own; not looked at for the others.</param>
    /// <exception cref="UnfoldException">The file is missing, damaged, newer than this Unfold, or holds a value out of range.</exception>
    public static RunSettings Read(string path, CellFactory? customCell = null)
    {
        JsonFields fields = JsonFields.Read(path);
        fields.Version("unfold_format", FormatVersion);
        if (fields.Has(SequenceModelFolder.TypeField))
        {
            string type = fields.String(SequenceModelFolder.TypeField);
            string advice = type == nameof(ClozeModel) ? "it fills gaps, with unfold fill" : "load it in a program, with the Load of its class";
            throw new UnfoldException($"{path} describes {SequenceModelFolder.WithArticle(type)} and not a language model: {advice}.");
        }

        return fields.Named(() =>
        {
            LanguageModelSettings model = ReadModel(fields.Object("model"), path, customCell);
            TrainingSettings? training = fields.Has("training") ? ReadTraining(fields.Object("training")) : null;
            RunData? data = fields.Has("data") ? RunData.Read(fields.Object("data")) : null;
            fields.Done();
            return new RunSettings(model, training, data);
        });
    }

    /// <summary>Writes config.json, whole or not at all.</summary>
    /// <exception cref="UnfoldException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes the content of config.json.</summary>
    internal void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteNumber("unfold_format", FormatVersion);
        json.WriteStartObject("model");
        json.WriteString("cell", Word(Model.Cell));
        json.WriteString("activation", Word(Model.Activation));
        json.WriteNumber("layers", Model.Layers);
        json.WriteWidths("hidden", Model.Hidden);
        json.WriteNumber("embedding", Model.Embedding);
        json.WriteNumber("dropout", Model.Dropout);

        // What is not used is not written, so that an Unfold that does not know it can read the rest.
        if (Model.Connection != StackConnection.Plain)
        {
            json.WriteString("connection", Word(Model.Connection));
        }

        if (Model.OutputWeights != OutputWeights.Own)
        {
            json.WriteString("output_weights", Word(Model.OutputWeights));
        }

        if (Model.Softmax != SoftmaxKind.Exact)
        {
            json.WriteString("softmax", Word(Model.Softmax));
        }

        if (Model.Softmax == SoftmaxKind.Sampled)
        {
            json.WriteNumber("sampled_classes", Model.SampledClasses);
        }

        if (Model.DropoutMask != DropoutMask.Independent)
        {
            json.WriteString("dropout_mask", Word(Model.DropoutMask));
        }

        WriteUsed(json, "word_dropout", Model.WordDropout);
        WriteUsed(json, "weight_dropout", Model.WeightDropout);
        if (Model.Lstm != new LstmOptions())
        {
            LstmFields.Write(json, Model.Lstm);
        }

        json.WriteEndObject();
        if (Training is not null)
        {
            WriteTraining(json, Training);
        }

        Data?.Write(json);
        json.WriteEndObject();
    }

    private static LanguageModelSettings ReadModel(JsonFields fields, string path, CellFactory? customCell)
    {
        CellKind cell = fields.Enum<CellKind>("cell");
        var model = new LanguageModelSettings
        {
            Cell = cell,
            CustomCell = CustomCells.For(cell, customCell, path),
            Activation = fields.Enum<Activation>("activation"),
            Layers = fields.Int32("layers", 1, 1_000),
            Hidden = new LayerWidths(fields.Int32OrList("hidden", 1, 1_000_000)),
            Embedding = fields.Int32("embedding", 0, 1_000_000),
            Dropout = fields.Double("dropout", 0, 1),
            Connection = fields.Has("connection") ? fields.Enum<StackConnection>("connection") : StackConnection.Plain,
            OutputWeights = fields.Has("output_weights") ? fields.Enum<OutputWeights>("output_weights") : OutputWeights.Own,
            Softmax = fields.Has("softmax") ? fields.Enum<SoftmaxKind>("softmax") : SoftmaxKind.Exact,
            SampledClasses = fields.Has("sampled_classes") ? fields.Int32("sampled_classes", 1, int.MaxValue) : new LanguageModelSettings().SampledClasses,
            DropoutMask = fields.Has("dropout_mask") ? fields.Enum<DropoutMask>("dropout_mask") : DropoutMask.Independent,
            WordDropout = fields.Has("word_dropout") ? fields.Double("word_dropout", 0, 1) : 0,
            WeightDropout = fields.Has("weight_dropout") ? fields.Double("weight_dropout", 0, 1) : 0,
            Lstm = fields.Has(LstmFields.Name) ? LstmFields.Read(fields.Object(LstmFields.Name)) : new LstmOptions(),
        };
        fields.Done();
        model.Validate();
        return model;
    }

    private static TrainingSettings ReadTraining(JsonFields fields)
    {
        var training = new TrainingSettings
        {
            SequenceLength = fields.Int32("seq_length", 1, int.MaxValue),
            SegmentLength = fields.Has("segment_length") ? fields.Int32("segment_length", 0, int.MaxValue) : 0,
            BatchSize = fields.Int32("batch_size", 1, int.MaxValue),
            Batching = fields.Enum<Batching>("batching"),
            Loss = fields.Enum<LossOver>("loss"),
            Steps = fields.Int64("steps", 0, long.MaxValue),
            Epochs = fields.Int32("epochs", 0, int.MaxValue),
            Optimizer = fields.Enum<OptimizerKind>("optimizer"),
            LearningRate = fields.Double("lr", 0, double.MaxValue),
            Schedule = fields.Enum<ScheduleKind>("schedule"),
            ClipNorm = fields.Double("clip_norm", 0, double.MaxValue),
            ClipValue = fields.Double("clip_value", 0, double.MaxValue),
            Seed = fields.UInt64("seed"),
            CheckpointEvery = fields.Int32("checkpoint_every", 1, int.MaxValue),
            Patience = fields.Int32("patience", 0, int.MaxValue),
            Averaging = fields.Has("averaging") ? fields.Double("averaging", 0, 1) : 0,
        };
        fields.Done();
        training.Validate();
        return training;
    }

    private static void WriteTraining(Utf8JsonWriter json, TrainingSettings training)
    {
        json.WriteStartObject("training");
        json.WriteNumber("seq_length", training.SequenceLength);
        json.WriteNumber("segment_length", training.SegmentLength);
        json.WriteNumber("batch_size", training.BatchSize);
        json.WriteString("batching", Word(training.Batching));
        json.WriteString("loss", Word(training.Loss));
        json.WriteNumber("steps", training.Steps);
        json.WriteNumber("epochs", training.Epochs);
        json.WriteString("optimizer", Word(training.Optimizer));
        json.WriteNumber("lr", training.LearningRate);
        json.WriteString("schedule", Word(training.Schedule));
        json.WriteNumber("clip_norm", training.ClipNorm);
        json.WriteNumber("clip_value", training.ClipValue);
        json.WriteNumber("seed", training.Seed);
        json.WriteNumber("checkpoint_every", training.CheckpointEvery);
        json.WriteNumber("patience", training.Patience);
        WriteUsed(json, "averaging", training.Averaging);
        json.WriteEndObject();
    }

    private static void WriteUsed(Utf8JsonWriter json, string name, double value)
    {
        if (value != 0)
        {
            json.WriteNumber(name, value);
        }
    }

    private static string Word<T>(T choice)
        where T : struct, Enum => choice.ToString().ToLowerInvariant();
}
