using System.Runtime.CompilerServices;

namespace Unfold.Numerics.Kernels;

/// <summary>The checks at the door of a kernel: a span that is too short must not become a stray pointer.</summary>
internal static class Lengths
{
    public static void Same(int first, int second, [CallerMemberName] string kernel = "")
    {
        if (first != second)
        {
            throw new ArgumentException($"{kernel}: the spans must be of one length; found {first} and {second}.");
        }
    }

    public static void Same(int first, int second, int third, [CallerMemberName] string kernel = "")
    {
        Same(first, second, kernel);
        Same(first, third, kernel);
    }

    /// <summary>Requires room for rows of a width that lie <paramref name="stride"/> apart.</summary>
    public static void Rows(int length, int rows, int width, int stride, string name, [CallerMemberName] string kernel = "")
    {
        if (rows < 0 || width < 0 || stride < width || (rows > 0 && length < ((long)(rows - 1) * stride) + width))
        {
            throw new ArgumentException($"{kernel}: {name} must hold {rows} rows of {width} values, {stride} apart; found {length} values.", name);
        }
    }

    /// <summary>Requires room for rows of a width that lie side by side, or nothing at all.</summary>
    public static void OptionalRows(int length, int rows, int width, string name, [CallerMemberName] string kernel = "")
    {
        if (length > 0)
        {
            Rows(length, rows, width, width, name, kernel);
        }
    }
}
