namespace Unfold.Cells;

/// <summary>Where the reset gate of a GRU acts.</summary>
public enum GruReset
{
    /// <summary>On the product: r * (h W_n + b_q). The form of cuDNN and PyTorch.</summary>
    AfterProduct,

    /// <summary>On the state: (r * h) W_n. The form of the paper (Cho et al., 2014).</summary>
    BeforeProduct,
}
