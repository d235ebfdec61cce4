namespace Unfold.Autograd;

/// <summary>A tensor that is learned: it has a name, keeps its memory from step to step, and gathers its gradient.</summary>
public sealed class Parameter : Tensor
{
    /// <summary>Creates a parameter of zeros.</summary>
    /// <param name="name">A name that is unique within the model, for example <c>layers.0.recurrent_weights</c>.</param>
    /// <param name="shape">The sizes.</param>
    public Parameter(string name, Shape shape)
        : base(shape, new float[shape.Length], tape: null, needsGradient: true)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        MoveTo(new float[shape.Length], new float[shape.Length]);
    }

    /// <summary>The name, unique within the model.</summary>
    public string Name { get; }

    /// <summary>Whether a <see cref="ParameterSet"/> holds the memory.</summary>
    internal bool Owned { get; set; }

    /// <summary>Writes the name and the sizes.</summary>
    public override string ToString() => $"{Name} {Shape}";
}
