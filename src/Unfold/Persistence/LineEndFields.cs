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
        if (!file.Entries.Any(Are))
        {
            return;
        }

        StackState state = model.ZeroState(batch: 1);
        foreach ((string name, Tensor values) in state.Parts)
        {
            file.ReadSingles(Prefix + name, values.Edit(), values.Shape.ToArray());
            ModelWeights.RequireFinite(file, Prefix + name, values.Values);
        }

        model.LineEnd = state;
    }
}
