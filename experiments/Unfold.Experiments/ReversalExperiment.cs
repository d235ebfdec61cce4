using Unfold.Experiments.Data;
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
        SequenceToSequence.CompareAttentions(
            context,
            Reversal.Draw(context.Random.Split(), learned + (2 * tested), shortest: 5, longest: 10),
            tested,
            SequenceToSequence.Settings(CellKind.Gru, Hidden, Embedding, AttentionKind.None),
            new FitOptions { Epochs = context.Choose(full: 12, quick: 5), BatchSize = 32, LearningRate = 0.01 },
            "Reversal: where the decoder looks");
    }
}
