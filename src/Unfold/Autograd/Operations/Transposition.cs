namespace Unfold.Autograd.Operations;

/// <summary>Which factors of a product are stored with rows and columns exchanged.</summary>
public enum Transposition
{
    /// <summary>a b.</summary>
    None,

    /// <summary>a^T b.</summary>
    Left,

    /// <summary>a b^T.</summary>
    Right,

    /// <summary>a^T b^T.</summary>
    Both,
}
