namespace Unfold.Numerics.Products;

/// <summary>What a product does with the matrix that it is written to.</summary>
public enum Accumulation
{
    /// <summary>C = A B.</summary>
    Overwrite,

    /// <summary>C = C + A B.</summary>
    Add,
}
