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

    /// <summary>rows x H: the output of the step before.</summary>
    public required ReadOnlySpan<float> PreviousHidden { get; init; }

    /// <summary>rows x H: the output, written.</summary>
    public required Span<float> Hidden { get; init; }

    /// <summary>rows x M: the memory of the step before.</summary>
    public required ReadOnlySpan<float> PreviousMemory { get; init; }

    /// <summary>rows x M: the memory, written.</summary>
    public required Span<float> Memory { get; init; }
}

/// <summary>One time step of a block of batch rows, on its way back.</summary>
internal readonly ref struct StepGradient
{
    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>rows x G: in, what the forward step left; out, the gradient of x U + b.</summary>
    public required Span<float> Gates { get; init; }

    /// <summary>rows x S: in, what the forward step left; out, what the cell needs for its parameters' gradients.</summary>
    public required Span<float> Saved { get; init; }

    /// <summary>rows x H: the output of the step before.</summary>
    public required ReadOnlySpan<float> PreviousHidden { get; init; }

    /// <summary>rows x H: the output.</summary>
    public required ReadOnlySpan<float> Hidden { get; init; }

    /// <summary>rows x M: the memory of the step before.</summary>
    public required ReadOnlySpan<float> PreviousMemory { get; init; }

    /// <summary>rows x M: the memory.</summary>
    public required ReadOnlySpan<float> Memory { get; init; }

    /// <summary>rows x H: in, the gradient of the output; out, the gradient of the output of the step before.</summary>
    public required Span<float> HiddenGradient { get; init; }

    /// <summary>rows x M: in, the gradient of the memory; out, the gradient of the memory of the step before.</summary>
    public required Span<float> MemoryGradient { get; init; }

    /// <summary>rows x H of scratch.</summary>
    public required Span<float> Work { get; init; }
}

/// <summary>A whole sequence after the way back: T * B rows in order of time, for the gradients of the recurrent weights.</summary>
internal readonly ref struct SequenceGradient
{
    /// <summary>T * B.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows x G: the gradient of x U + b.</summary>
    public required ReadOnlySpan<float> Gates { get; init; }

    /// <summary>Rows x S: what the cell left.</summary>
    public required ReadOnlySpan<float> Saved { get; init; }

    /// <summary>Rows x H: for each row the output of the step before.</summary>
    public required ReadOnlySpan<float> PreviousHidden { get; init; }
}
