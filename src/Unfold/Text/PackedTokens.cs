using System.Runtime.InteropServices;

namespace Unfold.Text;

/// <summary>Token ids in one, two or four bytes each, little or big as the machine is: they never leave it.</summary>
internal static class PackedTokens
{
    public static int WidthFor(int vocabularySize) => vocabularySize switch
    {
        <= 1 << 8 => 1,
        <= 1 << 16 => 2,
        _ => 4,
    };

    public static void Put(Span<byte> destination, int width, int token)
    {
        switch (width)
        {
            case 1:
                destination[0] = (byte)token;
                break;
            case 2:
                MemoryMarshal.Write(destination, (ushort)token);
                break;
            default:
                MemoryMarshal.Write(destination, token);
                break;
        }
    }

    /// <summary>
    /// Widens packed ids. The source may lie in the last bytes of the destination: walking up, each id is read before the
    /// wider one is written over it.
    /// </summary>
    public static void Widen(ReadOnlySpan<byte> source, int width, Span<int> destination)
    {
        switch (width)
        {
            case 1:
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = source[i];
                }

                break;
            case 2:
                ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(source);
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = halves[i];
                }

                break;
            default:
                // Same width: the source either is the destination or lies apart from it.
                MemoryMarshal.Cast<byte, int>(source)[..destination.Length].CopyTo(destination);
                break;
        }
    }
}
