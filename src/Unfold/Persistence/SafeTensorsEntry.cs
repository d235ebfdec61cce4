namespace Unfold.Persistence;

/// <summary>One tensor of a safetensors file, as its header describes it.</summary>
public sealed class SafeTensorsEntry
{
    internal SafeTensorsEntry(string name, SafeTensorsType type, long[] shape, long begin, long end)
    {
        Name = name;
        Type = type;
        Shape = Array.AsReadOnly(shape);
        Begin = begin;
        End = end;
    }

    /// <summary>The tensor's name, unique in its file.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public SafeTensorsType Type { get; }

    /// <summary>Its sizes, outermost first; empty for a single number. A size may be zero.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The number of its elements: the product of <see cref="Shape"/>.</summary>
    public long Count => (End - Begin) / Type.Bytes();

    /// <summary>The number of its bytes in the file.</summary>
    public long ByteCount => End - Begin;

    /// <summary>Its first byte, counted from the end of the header.</summary>
    internal long Begin { get; }

    /// <summary>The byte after its last, counted from the end of the header.</summary>
    internal long End { get; }

    /// <summary>The tensor as <c>name F32 [2, 3]</c>.</summary>
    public override string ToString() => $"{Name} {Type.Name()} [{string.Join(", ", Shape)}]";
}
