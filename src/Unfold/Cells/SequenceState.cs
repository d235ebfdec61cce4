using System.Runtime.CompilerServices;
using Unfold.Autograd;

namespace Unfold.Cells;

/// <summary>
/// What a layer carries from one time step to the next: a value that the caller holds, so it can be inspected, saved,
/// restored, and given to two continuations. No state stands for zeros.
/// </summary>
public abstract record SequenceState
{
    /// <summary>The tensors of the state with their names.</summary>
    public abstract IReadOnlyList<(string Name, Tensor Values)> Parts { get; }

    /// <summary>The same state in memory of its own, which outlives the tape that computed it.</summary>
    public abstract SequenceState Copy();

    /// <summary>The same state made of other tensors.</summary>
    internal abstract SequenceState Map(Func<Tensor, Tensor> change);

    /// <summary>Overwrites this state's values with those of another of the same shape.</summary>
    /// <exception cref="ArgumentException">The other state has other parts or sizes. Nothing has changed then.</exception>
    internal void CopyFrom(SequenceState other, [CallerArgumentExpression(nameof(other))] string name = "")
    {
        RequireShape(other, name);
        for (int part = 0; part < Parts.Count; part++)
        {
            other.Parts[part].Values.Values.CopyTo(Parts[part].Values.Edit());
        }
    }

    /// <summary>Throws unless another state has the same parts and sizes.</summary>
    internal void RequireShape(SequenceState other, [CallerArgumentExpression(nameof(other))] string name = "")
    {
        if (Describe() != other.Describe())
        {
            throw new ArgumentException($"The state is {other.Describe()}, but {Describe()} was wanted: it belongs to another model or batch.", name);
        }
    }

    /// <summary>Sets all values to zero.</summary>
    internal void Clear()
    {
        foreach ((_, Tensor values) in Parts)
        {
            values.Edit().Clear();
        }
    }

    private string Describe() => string.Join(", ", Parts.Select(part => $"{part.Name} {part.Values.Shape}"));
}
