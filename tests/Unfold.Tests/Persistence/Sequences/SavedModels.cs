using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Models.Sequences;

namespace Unfold.Tests.Persistence.Sequences;

/// <summary>A row for each type of model: how one is made, saved and loaded, and what it predicts as a list of numbers.</summary>
internal static class SavedModels
{
    private static readonly Sequence[] Inputs = SequenceCases.Mixed(9, 21);
    private static readonly Sequence[] Steps = [.. Inputs.Select(input => input.Slice(0, 1))];

    public static IReadOnlyDictionary<string, Row> Rows { get; } = new Dictionary<string, Row>(StringComparer.Ordinal)
    {
        [nameof(SequenceTagger)] = Of(
            settings => new SequenceTagger(SequenceSchema.Learn(SequenceCases.Mixed(5, 1)), new LabelTable(["B-NP", "ö \"quoted\"\n", "漢"]), settings, new SeededRandom(1)),
            (model, folder) => model.Save(folder),
            folder => SequenceTagger.Load(folder),
            model => [.. model.Predict(Inputs).SelectMany(tags => tags.SelectMany(tag => tag.Probabilities.ToArray()))]),
        [nameof(SequenceClassifier)] = Of(
            settings => new SequenceClassifier(SequenceSchema.Learn(SequenceCases.Mixed(5, 1)), new LabelTable(["x", ""]), settings, new SeededRandom(1)),
            (model, folder) => model.Save(folder),
            folder => SequenceClassifier.Load(folder),
            model => [.. model.Predict(Inputs).SelectMany(found => found.Probabilities.ToArray())]),
        [nameof(SequenceRegressor)] = Of(
            settings => new SequenceRegressor(SequenceSchema.Learn(SequenceCases.Mixed(5, 1)), new Standardization([3, 1.0 / 3], [0.1, 2e7]), settings, new SeededRandom(1)),
            (model, folder) => model.Save(folder),
            folder => SequenceRegressor.Load(folder),
            model => [.. model.Predict(Inputs).SelectMany(values => values.Select(value => (float)value))]),
        [nameof(FramePredictor)] = Of(
            settings => new FramePredictor(SequenceSchema.Learn(SequenceCases.Mixed(5, 1)), FrameKind.Values, settings with { Reading = Reading.Forward }, new SeededRandom(1)),
            (model, folder) => model.Save(folder),
            folder => FramePredictor.Load(folder),
            model => [.. model.Predict(Inputs).SelectMany(frames => frames.SelectMany(frame => frame.Select(value => (float)value)))]),
        [nameof(SequenceGenerator)] = Of(
            settings => new SequenceGenerator(SequenceSchema.Learn(SequenceCases.Mixed(5, 1)), new SymbolTable(["a", " ", "é"]), 4, settings with { Reading = Reading.Forward, MinimumCount = 2 }, new SeededRandom(1)),
            (model, folder) => model.Save(folder),
            folder => SequenceGenerator.Load(folder),
            model => [.. new SequenceGeneratorSession(model, Steps).Logits(1), model.LongestOutput, .. model.Predict(Steps).Select(written => written.Count)]),
    };

    public static TheoryData<string> Types => [.. Rows.Keys];

    private static Row Of<T>(Func<SequenceEncoderSettings, T> create, Action<T, string> save, Func<string, T> load, Func<T, float[]> predict)
        where T : SequenceModel => new(
            settings => SequenceCases.Loud(create(settings)),
            (model, folder) => save((T)model, folder),
            folder => load(folder),
            model => predict((T)model));

    internal sealed record Row(
        Func<SequenceEncoderSettings, SequenceModel> Create,
        Action<SequenceModel, string> Save,
        Func<string, SequenceModel> Load,
        Func<SequenceModel, float[]> Predict);
}
