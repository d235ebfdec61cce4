namespace Unfold.Cells;

/// <summary>One time step of a block of batch rows, on its way back.</summary>
internal readonly ref struct StepGradient
{
    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>rows x G: in, what the forward step left; out, the gradient of x U + b.</summary>
    public required Span<float> Gates { get; init; }

    /// <summary>rows x S: in, what the forward step left; out, what the cell needs for its parameters' gradients.</summary>
    public required Span<float> Saved { get; init; }

    /// <summary>rows x N: the chance of this step in training; empty where the model is used.</summary>
    public ReadOnlySpan<float> Noise { get; init; }

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

    /// <summary>Scratch of rows x the cell's width for it.</summary>
    public required Span<float> Work { get; init; }
}
