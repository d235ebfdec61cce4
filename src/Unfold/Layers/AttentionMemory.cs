using Unfold.Autograd;

namespace Unfold.Layers;

/// <summary>What a decoder attends to: the source sequences, prepared once for all queries by <see cref="Attention.Prepare"/>.</summary>
public sealed class AttentionMemory
{
    internal AttentionMemory(Tensor values, Tensor keys, IReadOnlyList<int>? lengths) => (Values, Keys, Lengths) = (values, keys, lengths);

    /// <summary>m, (S, B, F): what contexts are made of, as the outputs of an encoder.</summary>
    public Tensor Values { get; }

    /// <summary>k, (S, B, A): what queries are compared with.</summary>
    public Tensor Keys { get; }

    /// <summary>For each source its number of steps; null where all have S.</summary>
    public IReadOnlyList<int>? Lengths { get; }

    /// <summary>S, the number of steps of the longest source.</summary>
    public int Time => Values.Shape[0];

    /// <summary>B.</summary>
    public int Batch => Values.Shape[1];
}
