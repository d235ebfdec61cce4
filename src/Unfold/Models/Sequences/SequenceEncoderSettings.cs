using Unfold.Layers;
using Unfold.Numerics.Kernels;

namespace Unfold.Models;

/// <summary>Whether a step sees what comes after it.</summary>
public enum Reading
{
    /// <summary>Each step sees itself and what came before: can be streamed.</summary>
    Forward,

    /// <summary>Each step sees the whole sequence.</summary>
    Bidirectional,
}

/// <summary>The recurrent part of a model of sequences.</summary>
public sealed record SequenceEncoderSettings
{
    /// <summary>The cell of every layer.</summary>
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>f of the simple recurrent network; the other cells have their own.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>The number of layers, at least 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>H, the width of every layer and direction, at least 1.</summary>
    public int Hidden { get; init; } = 100;

    /// <summary>Whether a step sees what comes after it.</summary>
    public Reading Reading { get; init; } = Reading.Bidirectional;

    /// <summary>How the two directions are merged.</summary>
    public Merge Merge { get; init; } = Merge.Concatenate;

    /// <summary>How layers are connected.</summary>
    public StackConnection Connection { get; init; } = StackConnection.Plain;

    /// <summary>The width of a symbol's vector in the first column of symbols; 0 is one-hot, for a single column without variables.</summary>
    public int Embedding { get; init; } = 64;

    /// <summary>The width of a symbol's vector in the columns after the first.</summary>
    public int FurtherEmbedding { get; init; } = 16;

    /// <summary>The probability with which values are dropped in training before, between and after the layers, in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ToLanguageModelSettings().Validate();
        if (FurtherEmbedding < 1)
        {
            throw new UnfoldException($"The embedding size of further columns must be at least 1; found {FurtherEmbedding}.");
        }
    }

    /// <summary>The same choices in the words of the language model, for what both share.</summary>
    internal LanguageModelSettings ToLanguageModelSettings() => new()
    {
        Cell = Cell,
        Activation = Activation,
        Layers = Layers,
        Hidden = Hidden,
        Embedding = Embedding,
        Dropout = Dropout,
    };
}
