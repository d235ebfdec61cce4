namespace Unfold.Numerics;

/// <summary>Managed, pinned scratch memory that starts on a 64-byte boundary and grows when asked.</summary>
internal sealed unsafe class AlignedBuffer
{
    private const int AlignmentFloats = 16;

    private float[] _array = [];

    public float* Pointer { get; private set; }

    public int Capacity { get; private set; }

    /// <summary>Makes room for <paramref name="length"/> floats; what the buffer held is lost when it grows.</summary>
    public float* Ensure(int length)
    {
        if (length > Capacity)
        {
            _array = GC.AllocateUninitializedArray<float>(checked(length + AlignmentFloats), pinned: true);
            float* start = (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _array[0]);
            Pointer = (float*)(((nuint)start + 63) & ~(nuint)63);
            Capacity = length;
        }

        return Pointer;
    }
}
