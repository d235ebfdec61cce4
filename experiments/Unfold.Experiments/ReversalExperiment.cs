using Unfold.Experiments.Data;
using Unfold.Experiments.Measures;
using Unfold.Models;

namespace Unfold.Experiments;

/// <summary>
/// A string of 5 to 10 digits is to be written backwards: what is written first was read last. The state of 32 numbers that an encoder without attention
/// hands over must hold all digits in their order; a decoder with attention can look each of them up. Measured is the share of 1,000
/// strings, none of which was learned from, that come out right from the first digit to the last.
/// </summary>
internal sealed class ReversalExperiment : Experiment
{
    private const int Hidden = 32;
    private const int Embedding = 16;

    /// <inheritdoc/>
    public override string Name => "reversal";

    /// <inheritdoc/>
    public override string Summary => "strings of digits written backwards; GRU encoder-decoder with and without attention";

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        int learned = context.Choose(full: 8_000, quick: 3_000), tested = context.Choose(full: 1_000, quick: 100);
        SequencePair[] pairs = [.. Reversal.Draw(context.Random.Split(), learned + (2 * tested), shortest: 5, longest: 10).Select(SequenceToSequence.Characters)];
        SequencePair[] train = pairs[..learned], validation = pairs[learned..^tested], test = pairs[^tested..];
        string[] wanted = [.. test.Select(pair => string.Concat(pair.Target))];
        foreach ((string name, AttentionKind kind) in SequenceToSequence.Attentions)
        {
            EncoderDecoderSettings settings = SequenceToSequence.Settings(CellKind.Gru, Hidden, Embedding, kind);
            var options = new FitOptions { Epochs = context.Choose(full: 12, quick: 5), BatchSize = 32, LearningRate = 0.01 };
            (EncoderDecoder model, System.Diagnostics.Stopwatch watch) = SequenceToSequence.Fit(context, name, train, validation, settings, options);
            string[] answered = [.. model.Predict([.. test.Select(pair => pair.Source)], workers: context.Workers).Select(symbols => string.Concat(symbols))];
            context.Report($"GRU {Hidden}, {name}", "exact %", 100 * ExactMatch.Share(wanted, answered), parameters: model.Parameters.ValueCount, seconds: watch.Elapsed.TotalSeconds);
            if (kind == AttentionKind.Multiplicative)
            {
                SequencePair example = test.MaxBy(pair => pair.Target.Count)!;
                context.Picture(SequenceToSequence.Picture("Reversal: where the decoder looks", example.Source.Columns[0], model.Search(example.Source)[0]).ToSvg());
            }
        }
    }
}
