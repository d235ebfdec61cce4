using System.Runtime.CompilerServices;

namespace Unfold.Numerics;

/// <summary>Managed arrays that the collector does not move and of which a 64-byte boundary is known.</summary>
public static unsafe class PinnedMemory
{
    private const int AlignmentFloats = 16;

    /// <summary>
    /// Allocates at least <paramref name="length"/> values; the memory starts on a 64-byte boundary, so that no vector load
    /// straddles two cache lines. It is collected like any array.
    /// </summary>
    public static Memory<float> Allocate(int length, Initial content)
    {
        int whole = checked(length + AlignmentFloats);
        float[] array = content == Initial.Zero
            ? GC.AllocateArray<float>(whole, pinned: true)
            : GC.AllocateUninitializedArray<float>(whole, pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref array[0]);
        int offset = (int)(((64 - (address & 63)) & 63) / sizeof(float));
        return array.AsMemory(offset, length);
    }
}
