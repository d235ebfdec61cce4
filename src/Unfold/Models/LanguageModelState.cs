using Unfold.Cells;

namespace Unfold.Models;

/// <summary>What a language model remembers of the text so far: one state a layer. A value: keep it, copy it, go on from it twice.</summary>
/// <param name="Layers">The states, from the layer nearest to the input.</param>
public sealed record LanguageModelState(IReadOnlyList<RecurrentState> Layers)
{
    /// <summary>The same state in memory of its own.</summary>
    public LanguageModelState Copy() => new([.. Layers.Select(layer => layer.Copy())]);

    /// <summary>Overwrites this state's values with those of another of the same shape.</summary>
    internal void CopyFrom(LanguageModelState other)
    {
        for (int layer = 0; layer < Layers.Count; layer++)
        {
            other.Layers[layer].Hidden.Values.CopyTo(Layers[layer].Hidden.Edit());
            other.Layers[layer].Memory?.Values.CopyTo(Layers[layer].Memory!.Edit());
        }
    }

    /// <summary>Sets all values to zero.</summary>
    internal void Clear()
    {
        foreach (RecurrentState layer in Layers)
        {
            layer.Hidden.Edit().Clear();
            layer.Memory?.Edit().Clear();
        }
    }
}
