using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Unfold.Numerics;

/// <summary>Scratch memory on a 64-byte boundary that grows when asked.</summary>
internal sealed unsafe class AlignedBuffer
{
    // Keeps the memory that Pointer points to alive.
    private Memory<float> _memory;

    public float* Pointer { get; private set; }

    /// <summary>Makes room for <paramref name="length"/> floats; what the buffer held is lost when it grows.</summary>
    public float* Ensure(int length)
    {
        if (length > _memory.Length)
        {
            _memory = PinnedMemory.Allocate(length, Initial.Undefined);
            Pointer = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_memory.Span));
        }

        return Pointer;
    }
}
