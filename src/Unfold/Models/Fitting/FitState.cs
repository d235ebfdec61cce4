using Unfold.Autograd;
using Unfold.Numerics;
using Unfold.Training;

namespace Unfold.Models;

/// <summary>Everything that a fit needs, between two updates, to go on with the same bits.</summary>
/// <param name="description">The options, the model and the examples, as words with a space between them: a fit with other ones is another fit.</param>
/// <param name="parameters">What is learned, as the last update left it.</param>
/// <param name="optimizer">The update rule with its moments; its steps are those of the fit.</param>
/// <param name="schedule">The learning rate.</param>
/// <param name="random">The order of the examples, and dropout.</param>
internal sealed class FitState(string description, ParameterSet parameters, Optimizer optimizer, Schedule schedule, SeededRandom random)
{
    public string Description => description;

    public ParameterSet Parameters => parameters;

    public Optimizer Optimizer => optimizer;

    public Schedule Schedule => schedule;

    public SeededRandom Random { get; set; } = random;

    /// <summary>What <see cref="Random"/> was before this pass: the order of its batches comes from there.</summary>
    public byte[] PassBegin { get; set; } = BytesOf(random);

    /// <summary>The batches of a whole pass.</summary>
    public required long BatchesInPass { get; init; }

    /// <summary>The passes of the whole fit.</summary>
    public required int Passes { get; init; }

    /// <summary>Whether passes are validated, which chooses the best one.</summary>
    public required bool IsValidated { get; init; }

    /// <summary>The batches of this pass that are done.</summary>
    public int Batches { get; set; }

    /// <summary>The part of the whole fit that is done, in [0, 1].</summary>
    public double Done => (Epochs.Count + ((double)Batches / BatchesInPass)) / Passes;

    /// <summary>The losses of those batches, each counted by its targets, and the number of these.</summary>
    public (double Sum, long Weight) Loss { get; set; }

    /// <summary>The passes that are done.</summary>
    public List<EpochLosses> Epochs { get; } = [];

    /// <summary>The pass, from 1, that did best on the validation examples, or the last where there are none; 0 before the first.</summary>
    public int BestEpoch { get; set; }

    /// <summary>The weights after the best pass where passes are validated; null before the first, and where the present ones count.</summary>
    public float[]? Best { get; set; }

    /// <summary>The time that the fit has taken.</summary>
    public double Seconds { get; set; }

    /// <summary>Ends this pass.</summary>
    public void EndPass(EpochLosses losses)
    {
        Epochs.Add(losses);
        if (!IsValidated)
        {
            BestEpoch = Epochs.Count;
        }
        else if (BestEpoch == 0 || losses.Validation < Epochs[BestEpoch - 1].Validation)
        {
            (BestEpoch, Best) = (Epochs.Count, parameters.Values.ToArray());
        }

        (PassBegin, Batches, Loss) = (BytesOf(Random), 0, default);
    }

    private static byte[] BytesOf(SeededRandom random)
    {
        byte[] state = new byte[SeededRandom.StateBytes];
        random.WriteState(state);
        return state;
    }
}
