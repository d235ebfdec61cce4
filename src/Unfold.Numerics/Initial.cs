namespace Unfold.Numerics;

/// <summary>What newly allocated memory holds.</summary>
public enum Initial
{
    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>Anything; it is written before it is read.</summary>
    Undefined,
}
