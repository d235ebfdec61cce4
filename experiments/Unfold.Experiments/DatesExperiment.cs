using Unfold.Experiments.Data;
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
        SequenceToSequence.CompareAttentions(
            context,
            Dates.Draw(context.Random.Split(), learned + (2 * tested)),
            tested,
            SequenceToSequence.Settings(CellKind.Lstm, Hidden, Embedding, AttentionKind.None),
            new FitOptions { Epochs = context.Choose(full: 12, quick: 6), BatchSize = 32, LearningRate = 0.006 },
            "Dates: where the decoder looks");
    }
}
