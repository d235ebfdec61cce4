using Unfold.Cells;
using Unfold.Layers;
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

    /// <summary>Jordan's network: the output comes back by way of a hidden layer of the same width, both through tanh.</summary>
    Jordan,

    /// <summary>A cell of the user's own, which <see cref="LanguageModelSettings.CustomCell"/> makes.</summary>
    Custom,
}

/// <summary>The shape of a <see cref="LanguageModel"/>.</summary>
public sealed record LanguageModelSettings
{
    /// <summary>The cell of every layer.</summary>
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>Makes the cells where <see cref="Cell"/> is <see cref="CellKind.Custom"/>; null for the built-in ones.</summary>
    public CellFactory? CustomCell { get; init; }

    /// <summary>f of the simple recurrent network; the other cells have their own.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>The number of recurrent layers, at least 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>H, at least 1: one width for all layers, or one for each.</summary>
    public LayerWidths Hidden { get; init; } = 256;

    /// <summary>What the LSTM has beside the plain one; the defaults for the other cells.</summary>
    public LstmOptions Lstm { get; init; } = new();

    /// <summary>How the layers are connected.</summary>
    public StackConnection Connection { get; init; } = StackConnection.Plain;

    /// <summary>The width of the token vectors; 0 feeds one-hot vectors straight into the first layer.</summary>
    public int Embedding { get; init; }

    /// <summary>The probability with which values are dropped between layers in training, in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>The number of learned values of a model with a vocabulary of this size; <see cref="long.MaxValue"/> where it is larger.</summary>
    public long CountParameters(int vocabulary)
    {
        CellTable.Count count = CellTable.Of(Cell).Count;
        Int128 total = (Int128)vocabulary * Embedding;
        Int128 input = Embedding == 0 ? vocabulary : Embedding;

        // From the second on all layers of one width are alike, and there may be more of them than anybody can count.
        int different = Hidden.IsOneForAll ? Math.Min(Layers, 2) : Layers;
        for (int layer = 0; layer < different; layer++)
        {
            total += count(this, input, Hidden[layer]) * (layer == 1 && Hidden.IsOneForAll ? Layers - 1 : 1);
            input = OutputSize(layer);
        }

        return (long)Int128.Min(total + (vocabulary * (input + 1)), long.MaxValue);
    }

    /// <summary>The number of learned tensors of a model, each of which has a name: weights, biases and tables.</summary>
    public int CountTensors()
    {
        // Cells of one kind and options have the same tensors, whatever their widths.
        int each = CellTable.Of(Cell).Create(this, 1, Hidden[0], random: null, "cell").Parameters.Count;
        return (Embedding > 0 ? 1 : 0) + (Layers * each) + 2;
    }

    /// <summary>Whether a step of training draws at random.</summary>
    internal bool UsesChance => Dropout > 0 || Lstm.UsesChance;

    /// <summary>The width of the output of a layer.</summary>
    internal int OutputSize(int layer) => CellTable.Of(Cell).Output(this, Hidden[layer]);

    /// <summary>The width of the state of a layer that is not output.</summary>
    internal int MemorySize(int layer) => CellTable.Of(Cell).Memory(this, Hidden[layer]);

    /// <summary>The width of the whole state of a layer: its output, and what is not output.</summary>
    internal Int128 StateSize(int layer) => (Int128)OutputSize(layer) + MemorySize(layer);

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Cell))
        {
            throw new UnfoldException($"The {nameof(CellKind)} {Cell} is not known; the known ones are {string.Join(", ", Enum.GetNames<CellKind>())}.");
        }

        RequireGiven(Hidden, nameof(Hidden), "a width");
        RequireGiven(Lstm, nameof(Lstm), "new() for the plain LSTM");
        Require(Layers >= 1, "the number of layers", "at least 1", Layers);
        foreach (int width in Hidden.Values)
        {
            Require(width >= 1, "the hidden size", "at least 1", width);
        }

        Require(Hidden.IsOneForAll || Hidden.Values.Count == Layers, "the number of hidden sizes", $"1, or one for each of the {Layers} layers", Hidden.Values.Count);
        Require(Embedding >= 0, "the embedding size", "0 for one-hot, or more", Embedding);
        Require(Dropout is >= 0 and < 1, "the dropout probability", "at least 0 and below 1", Dropout);
        if (Cell == CellKind.Custom && CustomCell is null)
        {
            throw new UnfoldException($"The cell custom is one of your own: give {nameof(CustomCell)} a function that makes it, or choose a built-in cell.");
        }

        if (Cell != CellKind.Custom && CustomCell is not null)
        {
            throw new UnfoldException($"A function that makes cells goes with the cell custom only; found the cell {Cell.ToString().ToLowerInvariant()}.");
        }

        if (Activation != Activation.Tanh && Cell != CellKind.Rnn)
        {
            throw new UnfoldException($"An activation can be chosen for the cell rnn only; {Cell.ToString().ToLowerInvariant()} has its own.");
        }

        if (Cell != CellKind.Lstm && Lstm != new LstmOptions())
        {
            throw new UnfoldException($"The options of the LSTM ({Lstm}) are for the cell lstm only; the cell is {Cell.ToString().ToLowerInvariant()}.");
        }

        if (Hidden.Values.Select(Lstm.Problem).FirstOrDefault(problem => problem is not null) is { } problem)
        {
            throw new UnfoldException(problem);
        }

        RequireConnection();
    }

    private void RequireConnection()
    {
        if (!Enum.IsDefined(Connection))
        {
            throw new UnfoldException($"The connection {(int)Connection} of layers is not known.");
        }

        bool connects = Hidden.IsOneForAll ? Layers > 1 : Enumerable.Range(1, Layers - 1).Any(layer => OutputSize(layer - 1) == OutputSize(layer));
        if (Connection == StackConnection.Residual && !connects)
        {
            throw new UnfoldException($"A residual connection goes around a layer that is as wide as the one below it; found {Layers} layer{(Layers == 1 ? "" : "s")} of {Hidden}.");
        }
    }

    private static void RequireGiven(object? value, string name, string wanted)
    {
        if (value is null)
        {
            throw new UnfoldException($"The setting {name} is null: give it {wanted}, or leave it out for the default.");
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
