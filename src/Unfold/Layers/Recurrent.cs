using Unfold.Autograd;
using Unfold.Cells;

namespace Unfold.Layers;

/// <summary>What a recurrent layer returns.</summary>
/// <param name="Outputs">h_1 .. h_T, (T, B, H); zero past the end of a shorter sequence.</param>
/// <param name="Final">The state after each sequence's own last step.</param>
public sealed record RecurrentOutput(Tensor Outputs, RecurrentState Final);

/// <summary>Walks a cell through time: the one loop, with back-propagation through time.</summary>
/// <remarks>
/// Truncated back-propagation is this layer over one window after the other, each given the state in which the last one
/// ended: the gradient stops at the border because the state comes as a constant.
/// </remarks>
public sealed class Recurrent
{
    /// <summary>Creates a layer around a cell.</summary>
    public Recurrent(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        Cell = cell;
        InputProjection = new PackedWeights(cell.InputWeights);
    }

    /// <summary>The cell.</summary>
    public Cell Cell { get; }

    internal PackedWeights InputProjection { get; }

    /// <summary>Runs the cell over a batch of sequences.</summary>
    /// <param name="tape">Records the operation.</param>
    /// <param name="input">(T, B, I), or tokens (T, B).</param>
    /// <param name="initial">The state before the first step; zeros where it is not given. A gradient flows into it where it needs one.</param>
    /// <param name="lengths">For each row of the batch its number of steps, 1 .. T; T where they are not given. What the input holds past a sequence's end does not matter as long as it is finite: a NaN there would reach the gradient of U.</param>
    /// <exception cref="ArgumentException">A shape, a token or a length does not fit; the message names the layer.</exception>
    public RecurrentOutput Forward(Tape tape, SequenceInput input, RecurrentState? initial = null, IReadOnlyList<int>? lengths = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        Check(input, initial, lengths);
        var scan = new SequenceScan(this, tape, input, initial, lengths);
        scan.Forward();
        tape.OnBackward(scan.Outputs, scan.Backward);
        return new RecurrentOutput(scan.Outputs, scan.Final);
    }

    private void Check(SequenceInput input, RecurrentState? initial, IReadOnlyList<int>? lengths)
    {
        (int time, int batch) = (input.Time, input.Batch);
        if (time < 1 || batch < 1)
        {
            throw new ArgumentException($"{Cell}: the input needs at least one step and one sequence; found {time} steps of {batch} sequences.", nameof(input));
        }

        if (input.Dense is { } dense)
        {
            new Shape(time, batch, Cell.InputSize).Require(dense.Shape, Cell, "the input");
        }

        foreach (int token in input.Tokens.Span)
        {
            if (token >= Cell.InputSize)
            {
                throw new ArgumentException($"{Cell}: a token must be below {Cell.InputSize}; found {token}.", nameof(input));
            }
        }

        if (initial is not null)
        {
            RecurrentState expected = Cell.State(initial.Hidden, initial.Memory);
            if (expected.GetType() != initial.GetType())
            {
                throw new ArgumentException($"{Cell}: the initial state must be a {expected.GetType().Name}; found a {initial.GetType().Name}.", nameof(initial));
            }

            new Shape(batch, Cell.HiddenSize).Require(initial.Hidden.Shape, Cell, "the initial hidden state");
            if (initial.Memory is { } memory)
            {
                new Shape(batch, Cell.MemoryWidth).Require(memory.Shape, Cell, "the initial cell state");
            }
        }

        if (lengths is not null)
        {
            if (lengths.Count != batch)
            {
                throw new ArgumentException($"{Cell}: there must be one length for each of the {batch} sequences; found {lengths.Count}.", nameof(lengths));
            }

            for (int row = 0; row < batch; row++)
            {
                if (lengths[row] < 1 || lengths[row] > time)
                {
                    throw new ArgumentException($"{Cell}: the length of sequence {row} must be from 1 to {time}; found {lengths[row]}.", nameof(lengths));
                }
            }
        }
    }

    /// <summary>Writes the cell.</summary>
    public override string ToString() => Cell.ToString();
}
