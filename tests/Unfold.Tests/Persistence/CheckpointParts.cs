using System.Runtime.InteropServices;
using Unfold.Persistence;

namespace Unfold.Tests.Persistence;

/// <summary>One tensor of a file.</summary>
internal sealed record CheckpointPart(SafeTensorsType Type, int[] Shape, byte[] Bytes);

/// <summary>A safetensors file taken apart, to be put together again with something wrong in it: the format is kept, the content is not.</summary>
internal sealed class CheckpointParts
{
    private readonly Dictionary<string, CheckpointPart> _parts = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; private init; } = [];

    /// <summary>The name of the first moment.</summary>
    public string Moment => _parts.Keys.Where(name => name.StartsWith("optimizer.", StringComparison.Ordinal)).Min(StringComparer.Ordinal)!;

    public static CheckpointParts Read(string path)
    {
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        var parts = new CheckpointParts { Metadata = new Dictionary<string, string>(file.Metadata, StringComparer.Ordinal) };
        foreach (SafeTensorsEntry entry in file.Entries)
        {
            parts._parts.Add(entry.Name, new CheckpointPart(entry.Type, [.. entry.Shape.Select(size => (int)size)], file.ReadRaw(entry.Name)));
        }

        return parts;
    }

    public void Write(string path)
    {
        var writer = new SafeTensorsWriter();
        foreach ((string name, CheckpointPart part) in _parts)
        {
            switch (part.Type)
            {
                case SafeTensorsType.F32: writer.Add(name, MemoryMarshal.Cast<byte, float>(part.Bytes).ToArray(), part.Shape); break;
                case SafeTensorsType.F64: writer.Add(name, MemoryMarshal.Cast<byte, double>(part.Bytes).ToArray(), part.Shape); break;
                case SafeTensorsType.I64: writer.Add(name, MemoryMarshal.Cast<byte, long>(part.Bytes).ToArray(), part.Shape); break;
                default: writer.Add(name, part.Bytes, part.Shape); break;
            }
        }

        foreach ((string key, string value) in Metadata)
        {
            writer.SetMetadata(key, value);
        }

        writer.Save(path);
    }

    public void Remove(string name) => Assert.True(_parts.Remove(name));

    public void Copy(string name, string other) => _parts.Add(other, _parts[name]);

    public void Change(string name, Func<CheckpointPart, CheckpointPart> change) => _parts[name] = change(_parts[name]);

    /// <summary>Takes the last element away.</summary>
    public void Shorten(string name) => Resize(name, _parts[name].Shape[0] - 1);

    /// <summary>Adds zeros at the end.</summary>
    public void Lengthen(string name, int length) => Resize(name, length);

    public void Edit<T>(string name, SpanEditor<T> edit)
        where T : struct => edit(MemoryMarshal.Cast<byte, T>(_parts[name].Bytes.AsSpan()));

    private void Resize(string name, int length)
    {
        CheckpointPart part = _parts[name];
        byte[] bytes = part.Bytes;
        Array.Resize(ref bytes, length * (bytes.Length / part.Shape[0]));
        _parts[name] = part with { Shape = [length], Bytes = bytes };
    }
}

/// <summary>Changes numbers in place.</summary>
internal delegate void SpanEditor<T>(Span<T> values);
