namespace Unfold.Layers;

/// <summary>The memory that this machine, or the limit on this process, leaves to the library.</summary>
internal static class MachineMemory
{
    private const double Mebi = 1 << 20, Gibi = 1 << 30;

    /// <summary>The bytes that there are.</summary>
    public static long Bytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Whether so many bytes fit into it.</summary>
    public static bool Holds(Int128 bytes) => bytes <= Bytes;

    /// <summary>Throws where so many bytes do not fit into it.</summary>
    /// <param name="bytes">What is needed.</param>
    /// <param name="what">What needs it, the beginning of a sentence.</param>
    /// <param name="advice">What to do, the end of a sentence.</param>
    /// <param name="where">What it is needed for, where that is a part of the whole.</param>
    /// <exception cref="UnfoldException">They do not.</exception>
    public static void Require(Int128 bytes, string what, string advice, string where = "")
    {
        if (!Holds(bytes))
        {
            throw new UnfoldException($"{what} needs {Shown(bytes)}{where}, but this machine has {Shown(Bytes)}: {advice}.");
        }
    }

    /// <summary>Writes a number of bytes in units of 2^30, or of 2^20 where it is smaller than one of these.</summary>
    public static string Shown(Int128 bytes) => (double)bytes < Gibi
        ? FormattableString.Invariant($"{(double)bytes / Mebi:N1} MiB")
        : FormattableString.Invariant($"{(double)bytes / Gibi:N1} GiB");
}
