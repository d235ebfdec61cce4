using System.Runtime.CompilerServices;

namespace Unfold.Numerics.Vectors;

/// <summary>How a kernel's body touches memory: a whole register, or the end of a row. The loop over whole ones has no branch.</summary>
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

/// <summary>The last lanes of a row.</summary>
internal readonly unsafe struct PartLanes<S, V>(int remaining) : ILanes<V>
    where S : struct, ISimd<V>
    where V : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load(float* source) => Lanes.Load<S, V>(source, remaining);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(V value, float* destination) => Lanes.Store<S, V>(value, destination, remaining);
}
