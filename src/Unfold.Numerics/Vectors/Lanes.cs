using System.Runtime.CompilerServices;

namespace Unfold.Numerics.Vectors;

/// <summary>
/// Loads and stores at the end of a row. The lanes past the end are computed on zeros and dropped, so that an element gets
/// the same bits wherever it lies in a row and however rows are shared out among threads.
/// </summary>
internal static unsafe class Lanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<S, V>(float* source, int remaining)
        where S : struct, ISimd<V>
        where V : unmanaged => remaining >= S.Count ? S.Load(source) : LoadPart<S, V>(source, remaining);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<S, V>(V value, float* destination, int remaining)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        if (remaining >= S.Count)
        {
            S.Store(value, destination);
        }
        else
        {
            StorePart<S, V>(value, destination, remaining);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V LoadPart<S, V>(float* source, int remaining)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        float* lanes = stackalloc float[S.Count];
        new Span<float>(lanes, S.Count).Clear();
        new ReadOnlySpan<float>(source, remaining).CopyTo(new Span<float>(lanes, S.Count));
        return S.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StorePart<S, V>(V value, float* destination, int remaining)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        float* lanes = stackalloc float[S.Count];
        S.Store(value, lanes);
        new ReadOnlySpan<float>(lanes, remaining).CopyTo(new Span<float>(destination, remaining));
    }
}
