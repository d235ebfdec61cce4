namespace Unfold.Persistence;

/// <summary>
/// The element types of a safetensors file, in the order in which the reference implementation ranks them;
/// a file holds its tensors from the last of these to the first, so that each begins on its own alignment.
/// </summary>
public enum SafeTensorsType
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>Unsigned 8-bit integer.</summary>
    U8,

    /// <summary>Signed 8-bit integer.</summary>
    I8,

    /// <summary>8-bit float with 5 bits of exponent; readable as raw bytes only.</summary>
    F8_E5M2,

    /// <summary>8-bit float with 4 bits of exponent; readable as raw bytes only.</summary>
    F8_E4M3,

    /// <summary>Signed 16-bit integer.</summary>
    I16,

    /// <summary>Unsigned 16-bit integer.</summary>
    U16,

    /// <summary>IEEE 754 half precision: 5 bits of exponent, 10 of fraction.</summary>
    F16,

    /// <summary>Brain float: the upper half of a single, 8 bits of exponent, 7 of fraction.</summary>
    BF16,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Unsigned 32-bit integer.</summary>
    U32,

    /// <summary>IEEE 754 single precision.</summary>
    F32,

    /// <summary>IEEE 754 double precision.</summary>
    F64,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>Unsigned 64-bit integer.</summary>
    U64,
}

/// <summary>Names and sizes of the element types.</summary>
internal static class SafeTensorsTypes
{
    /// <summary>The name in the file's header.</summary>
    public static string Name(this SafeTensorsType type) => type == SafeTensorsType.Bool ? "BOOL" : type.ToString();

    /// <summary>Finds a type by its name in the header.</summary>
    public static bool TryParse(string name, out SafeTensorsType type)
    {
        foreach (SafeTensorsType candidate in Enum.GetValues<SafeTensorsType>())
        {
            if (candidate.Name() == name)
            {
                type = candidate;
                return true;
            }
        }

        type = default;
        return false;
    }

    /// <summary>Bytes of one element.</summary>
    public static int Bytes(this SafeTensorsType type) => type switch
    {
        SafeTensorsType.Bool or SafeTensorsType.U8 or SafeTensorsType.I8 => 1,
        SafeTensorsType.F8_E5M2 or SafeTensorsType.F8_E4M3 => 1,
        SafeTensorsType.I16 or SafeTensorsType.U16 or SafeTensorsType.F16 or SafeTensorsType.BF16 => 2,
        SafeTensorsType.I32 or SafeTensorsType.U32 or SafeTensorsType.F32 => 4,
        _ => 8,
    };
}
