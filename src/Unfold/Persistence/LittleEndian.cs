using System.Buffers;
using System.Buffers.Binary;

namespace Unfold.Persistence;

/// <summary>Moves the elements of tensors between memory, in the machine's byte order, and streams, little-endian.</summary>
internal static class LittleEndian
{
    private const int ChunkBytes = 1 << 16;

    /// <summary>Gives out bytes that hold elements of <paramref name="width"/> bytes each, from memory as they lie there.</summary>
    public static void Write(Action<ReadOnlySpan<byte>> write, ReadOnlySpan<byte> elements, int width)
    {
        if (BitConverter.IsLittleEndian || width == 1)
        {
            write(elements);
            return;
        }

        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (int at = 0; at < elements.Length; at += ChunkBytes)
            {
                Span<byte> part = chunk.AsSpan(0, Math.Min(ChunkBytes, elements.Length - at));
                elements.Slice(at, part.Length).CopyTo(part);
                ReverseElements(part, width);
                write(part);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Fills bytes that hold elements of <paramref name="width"/> bytes each.</summary>
    /// <exception cref="EndOfStreamException">The stream ends before the bytes are full.</exception>
    public static void Read(Stream source, Span<byte> elements, int width)
    {
        source.ReadExactly(elements);
        if (!BitConverter.IsLittleEndian)
        {
            ReverseElements(elements, width);
        }
    }

    /// <summary>Reverses the bytes of every element in place.</summary>
    public static void ReverseElements(Span<byte> elements, int width)
    {
        for (int at = 0; at < elements.Length; at += width)
        {
            elements.Slice(at, width).Reverse();
        }
    }

    /// <summary>Reads numbers of another float type and rounds them to single precision.</summary>
    /// <exception cref="EndOfStreamException">The stream ends before the destination is full.</exception>
    public static void ReadConverted(Stream source, SafeTensorsType type, Span<float> destination)
    {
        int width = type.Bytes();
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (!destination.IsEmpty)
            {
                int count = Math.Min(ChunkBytes / width, destination.Length);
                Span<byte> part = chunk.AsSpan(0, count * width);
                source.ReadExactly(part);
                Convert(part, type, destination[..count]);
                destination = destination[count..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static void Convert(ReadOnlySpan<byte> part, SafeTensorsType type, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = type switch
            {
                SafeTensorsType.F64 => (float)BinaryPrimitives.ReadDoubleLittleEndian(part[(i * 8)..]),
                SafeTensorsType.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(part[(i * 2)..]),
                SafeTensorsType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(part[(i * 2)..]) << 16),
                _ => BinaryPrimitives.ReadSingleLittleEndian(part[(i * 4)..]),
            };
        }
    }
}
