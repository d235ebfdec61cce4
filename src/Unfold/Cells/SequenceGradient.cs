namespace Unfold.Cells;

/// <summary>A whole sequence after the way back: all steps of all sequences, a row each, in order of time, for the gradients of the recurrent weights.</summary>
internal readonly ref struct SequenceGradient
{
    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows x G: the gradient of x U + b.</summary>
    public required ReadOnlySpan<float> Gates { get; init; }

    /// <summary>Rows x S: what the cell left.</summary>
    public required ReadOnlySpan<float> Saved { get; init; }

    /// <summary>Rows x H: for each row the output of the step before; empty for a cell without W.</summary>
    public required ReadOnlySpan<float> PreviousHidden { get; init; }
}
