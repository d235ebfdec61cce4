using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Models;

namespace Unfold.Persistence;

/// <summary>The state in which lines end (<see cref="LanguageModel.LineEnd"/>) as tensors beside the weights: line_end.layers.0.hidden and so on.</summary>
internal static class LineEndFields
{
    private const string Prefix = "line_end.";

    /// <summary>Whether a tensor is a part of it, and no weight.</summary>
    public static bool Are(SafeTensorsEntry entry) => entry.Name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Adds it, where the model has it. Its memory is read when the file is written.</summary>
    public static void Add(SafeTensorsWriter writer, LanguageModel model)
    {
        foreach ((string name, Tensor values) in model.LineEnd?.Parts ?? [])
        {
            writer.Add(Prefix + name, values.Memory, values.Shape.ToArray());
        }
    }

    /// <summary>Reads it, where the file has it.</summary>
    /// <exception cref="UnfoldException">A part is missing, has another shape, or holds a value that is not finite.</exception>
    public static void Read(SafeTensorsFile file, LanguageModel model)
    {
        HashSet<string> found = [.. file.Entries.Where(Are).Select(entry => entry.Name)];
        if (found.Count == 0)
        {
            return;
        }

        StackState state = model.ZeroState(batch: 1);
        found.ExceptWith(state.Parts.Select(part => Prefix + part.Name));
        if (found.Count > 0)
        {
            throw new UnfoldException($"The weights in {file.Name} are damaged: {SafeTensorsHeader.Quoted(found.Min(StringComparer.Ordinal)!)} is no part of the model's state.");
        }

        foreach ((string name, Tensor values) in state.Parts)
        {
            file.ReadSingles(Prefix + name, values.Edit(), values.Shape.ToArray());
            ModelWeights.RequireFinite(file, Prefix + name, values.Values);
        }

        model.LineEnd = state;
    }
}
