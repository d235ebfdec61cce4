using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Numerics;

namespace Unfold.Layers;

/// <summary>Walks a cell through time: the one loop, with back-propagation through time.</summary>
/// <remarks>
/// Truncated back-propagation is this layer over one window after the other, each given the state in which the last one
/// ended: the gradient stops at the border because the state comes as a constant.
/// </remarks>
public sealed class Recurrent : SequenceLayer
{
    /// <summary>Creates a layer around a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="direction">The way through time.</param>
    public Recurrent(Cell cell, Direction direction = Direction.Forward)
    {
        ArgumentNullException.ThrowIfNull(cell);
        Cell = cell;
        Direction = Enum.IsDefined(direction) ? direction : throw new ArgumentOutOfRangeException(nameof(direction), direction, $"{cell}: this direction is not known.");
        InputProjection = cell is FusedCell fused ? new PackedWeights(fused.InputWeights) : null;
    }

    /// <summary>The cell.</summary>
    public Cell Cell { get; }

    /// <summary>The way through time.</summary>
    public Direction Direction { get; }

    /// <summary>
    /// The probability with which a weight of W, from the step before, is dropped for a whole window of training (Merity et al., 2018): set to
    /// zero, and else divided by 1 - p. In [0, 1), and 0 for a cell that is composed or has no W.
    /// </summary>
    /// <exception cref="ArgumentException">The probability is out of range, or the cell has no weights that can be dropped.</exception>
    public double WeightDropout
    {
        get;
        init
        {
            Dropout.Require(value);
            field = value == 0 || Cell is FusedCell { RecurrentWeights: not null }
                ? value
                : throw new ArgumentException(FormattableString.Invariant($"{Cell}: this cell has no recurrent weights that can be dropped; found the probability {value}."), nameof(value));
        }
    }

    /// <inheritdoc/>
    public override int InputSize => Cell.InputSize;

    /// <inheritdoc/>
    public override int OutputSize => Cell.HiddenSize;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Cell.Parameters;

    /// <summary>U in the order of the product; null for a composed cell, which has its own ways.</summary>
    internal PackedWeights? InputProjection { get; }

    /// <inheritdoc/>
    public override RecurrentState ZeroState(int batch) => Cell.ZeroState(batch);

    /// <inheritdoc/>
    public override RecurrentOutput Forward(
        Tape tape, SequenceInput input, SequenceState? initial = null, IReadOnlyList<int>? lengths = null, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        RecurrentState? state = Check(input, initial, lengths);
        if (Cell is not FusedCell fused)
        {
            return ComposedScan.Run((ComposedCell)Cell, Direction, tape, input, state, lengths, random);
        }

        WeightMask? mask = random is null || WeightDropout == 0 ? null : new WeightMask(tape, fused.RecurrentWeights!, WeightDropout, random);
        var scan = new SequenceScan(this, fused, tape, input, state, lengths, random);
        if (mask is null)
        {
            scan.Forward();
            tape.OnBackward(scan.Outputs, scan.Backward);
        }
        else
        {
            mask.Forward(scan.Forward);
            tape.OnBackward(scan.Outputs, () => mask.Backward(scan.Backward));
        }

        return new RecurrentOutput(scan.Outputs, scan.Final);
    }

    /// <summary>Writes the cell.</summary>
    public override string ToString() => Direction == Direction.Forward ? Cell.ToString() : $"{Cell}, backward";

    private RecurrentState? Check(SequenceInput input, SequenceState? initial, IReadOnlyList<int>? lengths)
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

        CheckLengths(lengths, time, batch);
        CheckTokens(input, lengths);
        ScanMemory.RequireArrays(Cell, time, batch, lengths?.Sum(length => (long)length) ?? (Int128)time * batch);
        return CheckState(initial, batch);
    }

    private void CheckTokens(SequenceInput input, IReadOnlyList<int>? lengths)
    {
        ReadOnlySpan<int> tokens = input.Tokens.Span;
        for (int place = 0; place < tokens.Length; place++)
        {
            // What lies past a sequence's end is not read.
            if ((tokens[place] >= Cell.InputSize || tokens[place] < -1) && (lengths is null || place / input.Batch < lengths[place % input.Batch]))
            {
                throw new ArgumentException($"{Cell}: a token must be below {Cell.InputSize} and not negative, but for -1, which stands for zeros; found {tokens[place]}.", nameof(input));
            }
        }
    }

    private RecurrentState? CheckState(SequenceState? initial, int batch)
    {
        if (initial is null)
        {
            return null;
        }

        string expected = Cell.MemorySize == 0 ? nameof(HiddenState) : nameof(LstmState);
        if (initial is not RecurrentState state || (state.Memory is null) != (Cell.MemorySize == 0))
        {
            throw new ArgumentException($"{Cell}: the initial state must be a {expected}; found a {initial.GetType().Name}.", nameof(initial));
        }

        new Shape(batch, Cell.HiddenSize).Require(state.Hidden.Shape, Cell, "the initial hidden state");
        if (state.Memory is { } memory)
        {
            new Shape(batch, Cell.MemorySize).Require(memory.Shape, Cell, "the initial cell state");
        }

        return state;
    }

    private void CheckLengths(IReadOnlyList<int>? lengths, int time, int batch)
    {
        if (lengths is null)
        {
            return;
        }

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
