using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Numerics;

namespace Unfold.Layers;

/// <summary>
/// A bidirectional layer (Schuster and Paliwal, 1997): one cell reads each sequence from its first step to its last, another
/// from its last to its first, and each step's output is made of both: y_t = merge(f_t, b_t).
/// </summary>
/// <remarks>
/// In a batch of unequal lengths the backward cell starts at each sequence's own last step. The output sees the whole
/// sequence, so this layer cannot be streamed and a language model cannot use it.
/// </remarks>
public sealed class Bidirectional : SequenceLayer
{
    private readonly Recurrent _forward;
    private readonly Recurrent _backward;

    /// <summary>Creates a layer around two cells, which share nothing.</summary>
    /// <param name="forward">Reads from the first step to the last.</param>
    /// <param name="backward">Reads from the last step to the first.</param>
    /// <param name="merge">How one output is made of both.</param>
    /// <exception cref="ArgumentException">The cells are one, have one name, or their sizes do not go together.</exception>
    public Bidirectional(Cell forward, Cell backward, Merge merge = Merge.Concatenate)
    {
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(backward);
        if (!Enum.IsDefined(merge))
        {
            throw new ArgumentOutOfRangeException(nameof(merge), merge, "Bidirectional: this way to merge is not known.");
        }

        if (ReferenceEquals(forward, backward) || forward.Name == backward.Name)
        {
            throw new ArgumentException($"Bidirectional: the directions must be two cells with two names, so that their weights can be told apart; both are called '{forward.Name}'.", nameof(backward));
        }

        if (forward.InputSize != backward.InputSize || (merge != Merge.Concatenate && forward.HiddenSize != backward.HiddenSize))
        {
            string wanted = merge == Merge.Concatenate ? "must read one width of input" : "must have the same widths";
            throw new ArgumentException($"Bidirectional: the two cells {wanted}; found {forward} and {backward}.", nameof(backward));
        }

        Merge = merge;
        (_forward, _backward) = (new Recurrent(forward), new Recurrent(backward, Direction.Backward));
    }

    /// <summary>How one output is made of both.</summary>
    public Merge Merge { get; }

    /// <summary>The cell that reads from the first step to the last.</summary>
    public Cell ForwardCell => _forward.Cell;

    /// <summary>The cell that reads from the last step to the first.</summary>
    public Cell BackwardCell => _backward.Cell;

    /// <inheritdoc/>
    public override int InputSize => _forward.InputSize;

    /// <inheritdoc/>
    public override int OutputSize => Merge == Merge.Concatenate ? _forward.OutputSize + _backward.OutputSize : _forward.OutputSize;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [.. _forward.Parameters, .. _backward.Parameters];

    /// <inheritdoc/>
    public override BidirectionalState ZeroState(int batch) => new(_forward.ZeroState(batch), _backward.ZeroState(batch));

    /// <inheritdoc/>
    public override SequenceOutput Forward(
        Tape tape, SequenceInput input, SequenceState? initial = null, IReadOnlyList<int>? lengths = null, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        if (initial is not (null or BidirectionalState))
        {
            throw new ArgumentException($"{this}: the initial state must be a {nameof(BidirectionalState)}; found a {initial.GetType().Name}.", nameof(initial));
        }

        var state = (BidirectionalState?)initial;
        RecurrentOutput forward = _forward.Forward(tape, input, state?.Forward, lengths, random);
        RecurrentOutput backward = _backward.Forward(tape, input, state?.Backward, lengths, random);
        return new SequenceOutput(MergeOutputs(tape, forward.Outputs, backward.Outputs), new BidirectionalState(forward.Final, backward.Final));
    }

    /// <summary>What a whole sequence comes to: merge(f_T, b_1), (B, F), of a state after it.</summary>
    public Tensor Summary(Tape tape, BidirectionalState final)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(final);
        return MergeOutputs(tape, final.Forward.Hidden, final.Backward.Hidden);
    }

    /// <summary>Writes the two cells.</summary>
    public override string ToString() => $"Bidirectional({Merge.ToString().ToLowerInvariant()}: {_forward.Cell}, {_backward.Cell})";

    private Tensor MergeOutputs(Tape tape, Tensor forward, Tensor backward) => Merge switch
    {
        Merge.Concatenate => tape.Concatenate(forward, backward),
        Merge.Sum => tape.Add(forward, backward),
        Merge.Average => tape.Scale(tape.Add(forward, backward), 0.5f),
        _ => tape.Multiply(forward, backward),
    };
}
