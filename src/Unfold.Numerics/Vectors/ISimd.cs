namespace Unfold.Numerics.Vectors;

/// <summary>
/// The operations that a kernel needs of a group of float lanes. A kernel is written once against this interface and
/// compiled for 512, 256 and 128 bits and for one lane; <see cref="SimdWidth"/> picks one when the process starts.
/// </summary>
/// <typeparam name="V">The register type, for example <c>Vector256&lt;float&gt;</c>.</typeparam>
internal unsafe interface ISimd<V>
    where V : unmanaged
{
    /// <summary>The number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>The number of rows of a matrix-product tile: two accumulators a row must fit the register file.</summary>
    static abstract int TileRows { get; }

    static abstract V Load(float* source);

    static abstract void Store(V value, float* destination);

    static abstract V Create(float value);

    static abstract V Add(V left, V right);

    static abstract V Subtract(V left, V right);

    static abstract V Multiply(V left, V right);

    static abstract V Divide(V left, V right);

    /// <summary>left * right + addend, in one rounding where the machine has it.</summary>
    static abstract V MultiplyAdd(V left, V right, V addend);

    /// <summary>The smaller one; a NaN in <paramref name="right"/> comes out, one in <paramref name="left"/> need not.</summary>
    static abstract V Min(V left, V right);

    /// <summary>The larger one; a NaN in <paramref name="right"/> comes out, one in <paramref name="left"/> need not.</summary>
    static abstract V Max(V left, V right);

    static abstract V Sqrt(V value);

    /// <summary>The nearest integer, ties to even.</summary>
    static abstract V Round(V value);

    /// <summary>2^n for a lane that holds an integer n in [-126, 127], and 0 for -127.</summary>
    static abstract V PowerOfTwo(V n);

    /// <summary><paramref name="positive"/> where <paramref name="test"/> > 0, else <paramref name="other"/> (also for NaN).</summary>
    static abstract V SelectPositive(V test, V positive, V other);

    /// <summary>The sum of the lanes, always in the same order.</summary>
    static abstract float Sum(V value);

    /// <summary>The largest lane.</summary>
    static abstract float Largest(V value);
}
