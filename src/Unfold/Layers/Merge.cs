namespace Unfold.Layers;

/// <summary>How a bidirectional layer makes one output of the outputs of its two directions.</summary>
public enum Merge
{
    /// <summary>Side by side, the forward one first: F = H_forward + H_backward.</summary>
    Concatenate,

    /// <summary>f + b.</summary>
    Sum,

    /// <summary>(f + b) / 2.</summary>
    Average,

    /// <summary>f * b, value by value.</summary>
    Multiply,
}
