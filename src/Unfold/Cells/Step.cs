using Unfold.Numerics;

namespace Unfold.Cells;

/// <summary>One time step of a block of batch rows, on its way forward.</summary>
internal readonly ref struct Step
{
    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>The threads that may share the products of a single row; null where the step is itself one thread's share.</summary>
    public Workers? Team { get; init; }

    /// <summary>rows x G: in, x U + b; out, what the cell wants to see again on the way back.</summary>
    public required Span<float> Gates { get; init; }

    /// <summary>rows x S: further values that the cell wants to see again.</summary>
    public required Span<float> Saved { get; init; }

    /// <summary>rows x N: the chance of this step in training; empty where the model is used.</summary>
    public ReadOnlySpan<float> Noise { get; init; }

    /// <summary>rows x H: the output of the step before.</summary>
    public required ReadOnlySpan<float> PreviousHidden { get; init; }

    /// <summary>rows x H: the output, written.</summary>
    public required Span<float> Hidden { get; init; }

    /// <summary>rows x M: the memory of the step before.</summary>
    public required ReadOnlySpan<float> PreviousMemory { get; init; }

    /// <summary>rows x M: the memory, written.</summary>
    public required Span<float> Memory { get; init; }
}
