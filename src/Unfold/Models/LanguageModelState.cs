using Unfold.Cells;

namespace Unfold.Models;

/// <summary>What a language model remembers of the text so far: one state a layer. A value: keep it, copy it, go on from it twice.</summary>
/// <param name="Layers">The states, from the layer nearest to the input.</param>
public sealed record LanguageModelState(IReadOnlyList<RecurrentState> Layers)
{
    /// <summary>The same state in memory of its own.</summary>
    public LanguageModelState Copy() => new([.. Layers.Select(layer => layer.Copy())]);

    /// <summary>Overwrites this state's values with those of another of the same shape.</summary>
    /// <exception cref="ArgumentException">The other state has other layers, cells or sizes. Nothing has changed then.</exception>
    internal void CopyFrom(LanguageModelState other)
    {
        RequireShape(other);
        for (int layer = 0; layer < Layers.Count; layer++)
        {
            other.Layers[layer].Hidden.Values.CopyTo(Layers[layer].Hidden.Edit());
            other.Layers[layer].Memory?.Values.CopyTo(Layers[layer].Memory!.Edit());
        }
    }

    /// <summary>Throws unless another state has the same layers, cells and sizes.</summary>
    internal void RequireShape(LanguageModelState other)
    {
        if (other.Layers.Count != Layers.Count)
        {
            throw new ArgumentException($"The state has {other.Layers.Count} layers, but {Layers.Count} were wanted: it belongs to another model.", nameof(other));
        }

        for (int layer = 0; layer < Layers.Count; layer++)
        {
            RecurrentState wanted = Layers[layer], found = other.Layers[layer];
            if (found.GetType() != wanted.GetType() || found.Hidden.Shape != wanted.Hidden.Shape || found.Memory?.Shape != wanted.Memory?.Shape)
            {
                throw new ArgumentException($"The state of layer {layer} is a {found.GetType().Name} of {found.Hidden.Shape}, but a {wanted.GetType().Name} of {wanted.Hidden.Shape} was wanted: it belongs to another model or batch.", nameof(other));
            }
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
