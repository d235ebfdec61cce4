using System.Text.Json;

namespace Unfold.Persistence;

/// <summary>Reads one tensor's description, <c>{"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}</c>.</summary>
internal static class SafeTensorsEntryParser
{
    /// <summary>Reads the description at which the reader stands and leaves the reader at its end.</summary>
    /// <exception cref="UnfoldException">The description breaks a rule of the format.</exception>
    public static SafeTensorsEntry Read(ref Utf8JsonReader reader, string name, string file)
    {
        string quoted = SafeTensorsHeader.Quoted(name);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw SafeTensorsHeader.Damaged(file, $"tensor {quoted} is not described by an object");
        }

        string? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = SafeTensorsHeader.Text(ref reader, file);
            bool repeated = field switch { "dtype" => type, "shape" => shape, "data_offsets" => offsets, _ => (object?)null } is not null;
            if (repeated)
            {
                throw SafeTensorsHeader.Damaged(file, $"tensor {quoted} has the field '{field}' twice");
            }

            reader.Read();
            switch (field)
            {
                case "dtype" when reader.TokenType == JsonTokenType.String:
                    type = SafeTensorsHeader.Text(ref reader, file);
                    break;
                case "dtype":
                    throw SafeTensorsHeader.Damaged(file, $"the dtype of tensor {quoted} is not a string");
                case "shape":
                    shape = ReadSizes(ref reader, quoted, field, file);
                    break;
                case "data_offsets":
                    offsets = ReadSizes(ref reader, quoted, field, file);
                    break;
                default:
                    // The reference implementation ignores fields it does not know, and so do its users' files.
                    reader.Skip();
                    break;
            }
        }

        return Check(name, type, shape, offsets, file);
    }

    private static List<long> ReadSizes(ref Utf8JsonReader reader, string quoted, string field, string file)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw SafeTensorsHeader.Damaged(file, $"the {field} of tensor {quoted} is not a list of numbers");
        }

        var sizes = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long size) || size < 0)
            {
                throw SafeTensorsHeader.Damaged(file, $"the {field} of tensor {quoted} holds something other than whole numbers of at least 0");
            }

            sizes.Add(size);
        }

        return sizes;
    }

    private static SafeTensorsEntry Check(string name, string? typeName, List<long>? shape, List<long>? offsets, string file)
    {
        string quoted = SafeTensorsHeader.Quoted(name);
        if (typeName is null || shape is null || offsets is null)
        {
            string missing = typeName is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw SafeTensorsHeader.Damaged(file, $"tensor {quoted} has no {missing}");
        }

        if (!SafeTensorsTypes.TryParse(typeName, out SafeTensorsType type))
        {
            throw SafeTensorsHeader.Damaged(file, $"tensor {quoted} has the dtype {SafeTensorsHeader.Quoted(typeName)}, which is none of {string.Join(", ", Enum.GetValues<SafeTensorsType>().Select(SafeTensorsTypes.Name))}");
        }

        if (offsets.Count != 2 || offsets[1] < offsets[0])
        {
            throw SafeTensorsHeader.Damaged(file, $"the data_offsets of tensor {quoted} are not a begin and an end");
        }

        long bytes;
        try
        {
            bytes = type.Bytes();
            foreach (long size in shape)
            {
                bytes = checked(bytes * size);
            }
        }
        catch (OverflowException)
        {
            throw SafeTensorsHeader.Damaged(file, $"the sizes of tensor {quoted} multiply to more than any file holds");
        }

        if (offsets[1] - offsets[0] != bytes)
        {
            throw SafeTensorsHeader.Damaged(file, $"tensor {quoted} needs {bytes} bytes for its shape and dtype, and its data_offsets give it {offsets[1] - offsets[0]}");
        }

        return new SafeTensorsEntry(name, type, [.. shape], offsets[0], offsets[1]);
    }
}
