using Unfold.Numerics.Kernels;

namespace Unfold.Models;

/// <summary>The kind of a recurrent cell.</summary>
public enum CellKind
{
    /// <summary>Simple recurrent network.</summary>
    Rnn,

    /// <summary>Long short-term memory.</summary>
    Lstm,

    /// <summary>Gated recurrent unit, reset after the product.</summary>
    Gru,

    /// <summary>Minimal gated recurrent unit, trained by a scan over time.</summary>
    MinGru,

    /// <summary>Minimal long short-term memory, trained by a scan over time.</summary>
    MinLstm,
}

/// <summary>The shape of a <see cref="LanguageModel"/>.</summary>
public sealed record LanguageModelSettings
{
    /// <summary>The cell of every layer.</summary>
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>f of the simple recurrent network; the other cells have their own.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>The number of recurrent layers, at least 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>H, the width of every layer, at least 1.</summary>
    public int Hidden { get; init; } = 256;

    /// <summary>The width of the token vectors; 0 feeds one-hot vectors straight into the first layer.</summary>
    public int Embedding { get; init; }

    /// <summary>The probability with which values are dropped between layers in training, in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>The number of learned values of a model with a vocabulary of this size; <see cref="long.MaxValue"/> where it is larger.</summary>
    public long CountParameters(int vocabulary)
    {
        CellTable.Count count = CellTable.Of(Cell).Count;
        Int128 h = Hidden;
        Int128 first = count(this, Embedding == 0 ? vocabulary : Embedding, h);
        Int128 others = (Layers - 1) * count(this, h, h);
        Int128 total = ((Int128)vocabulary * Embedding) + first + others + (vocabulary * (h + 1));
        return (long)Int128.Min(total, long.MaxValue);
    }

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(Layers >= 1, "the number of layers", "at least 1", Layers);
        Require(Hidden >= 1, "the hidden size", "at least 1", Hidden);
        Require(Embedding >= 0, "the embedding size", "0 for one-hot, or more", Embedding);
        Require(Dropout is >= 0 and < 1, "the dropout probability", "at least 0 and below 1", Dropout);
        if (Activation != Activation.Tanh && Cell != CellKind.Rnn)
        {
            throw new UnfoldException($"An activation can be chosen for the cell rnn only; {Cell.ToString().ToLowerInvariant()} has its own.");
        }
    }

    private static void Require(bool good, string what, string wanted, IFormattable found)
    {
        if (!good)
        {
            throw new UnfoldException($"{char.ToUpperInvariant(what[0])}{what[1..]} must be {wanted}; found {found.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}.");
        }
    }
}
