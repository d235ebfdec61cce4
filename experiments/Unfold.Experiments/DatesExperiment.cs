using Unfold.Experiments.Data;
using Unfold.Experiments.Measures;
using Unfold.Models;

namespace Unfold.Experiments;

/// <summary>
/// A date as people write it, in one of 21 ways, is to be written as ISO 8601 has it, character by character: "Tuesday, 3 march 1998" is 1998-03-03.
/// The 1,000 dates of the test are days that no learned date falls on. Measured is the share whose ten characters are all right.
/// </summary>
internal sealed class DatesExperiment : Experiment
{
    private const int Hidden = 64;
    private const int Embedding = 32;

    /// <inheritdoc/>
    public override string Name => "dates";

    /// <inheritdoc/>
    public override string Summary => "dates in words and figures to ISO 8601; LSTM encoder-decoder with and without attention";

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        int learned = context.Choose(full: 10_000, quick: 3_000), tested = context.Choose(full: 1_000, quick: 100);
        SequencePair[] pairs = [.. Dates.Draw(context.Random.Split(), learned + (2 * tested)).Select(SequenceToSequence.Characters)];
        SequencePair[] train = pairs[..learned], validation = pairs[learned..^tested], test = pairs[^tested..];
        string[] wanted = [.. test.Select(pair => string.Concat(pair.Target))];
        foreach ((string name, AttentionKind kind) in SequenceToSequence.Attentions)
        {
            EncoderDecoderSettings settings = SequenceToSequence.Settings(CellKind.Lstm, Hidden, Embedding, kind);
            var options = new FitOptions { Epochs = context.Choose(full: 12, quick: 6), BatchSize = 32, LearningRate = 0.006 };
            (EncoderDecoder model, System.Diagnostics.Stopwatch watch) = SequenceToSequence.Fit(context, name, train, validation, settings, options);
            string[] answered = [.. model.Predict([.. test.Select(pair => pair.Source)], workers: context.Workers).Select(symbols => string.Concat(symbols))];
            context.Report($"LSTM {Hidden}, {name}", "exact %", 100 * ExactMatch.Share(wanted, answered), parameters: model.Parameters.ValueCount, seconds: watch.Elapsed.TotalSeconds);
            if (kind == AttentionKind.Multiplicative)
            {
                SequencePair example = test.MaxBy(pair => pair.Source.Length)!;
                context.Picture(SequenceToSequence.Picture("Dates: where the decoder looks", example.Source.Columns[0], model.Search(example.Source)[0]).ToSvg());
            }
        }
    }
}
