using System.Runtime.CompilerServices;

namespace Unfold.Numerics.Vectors;

/// <summary>How a kernel's body touches memory: a whole register, or the end of a row. The loop over whole ones has neither branch nor call.</summary>
internal unsafe interface ILanes<V>
    where V : unmanaged
{
    V Load(float* source);

    void Store(V value, float* destination);
}

/// <summary>A whole register.</summary>
internal readonly unsafe struct WholeLanes<S, V> : ILanes<V>
    where S : struct, ISimd<V>
    where V : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load(float* source) => S.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(V value, float* destination) => S.Store(value, destination);
}

/// <summary>
/// The last lanes of a row. The lanes past its end are computed on zeros and dropped, so that an element gets the same bits
/// wherever it lies in a row and however rows are shared out among threads.
/// </summary>
/// <param name="count">How many lanes there are: at least 1, and fewer than a register holds.</param>
/// <remarks>For the end only: a call within a loop would make the loop keep all its registers in memory.</remarks>
internal readonly unsafe struct PartLanes<S, V>(int count) : ILanes<V>
    where S : struct, ISimd<V>
    where V : unmanaged
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public V Load(float* source)
    {
        float* lanes = stackalloc float[S.Count];
        new Span<float>(lanes, S.Count).Clear();
        new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(lanes, S.Count));
        return S.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Store(V value, float* destination)
    {
        float* lanes = stackalloc float[S.Count];
        S.Store(value, lanes);
        new ReadOnlySpan<float>(lanes, count).CopyTo(new Span<float>(destination, count));
    }
}
