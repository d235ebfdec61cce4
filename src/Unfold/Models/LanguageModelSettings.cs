using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;

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

    /// <summary>Whether the output has weights of its own or those of the embedding, which then is as wide as the output of the last layer.</summary>
    public OutputWeights OutputWeights { get; init; } = OutputWeights.Own;

    /// <summary>How the probabilities of the vocabulary are computed and learned.</summary>
    public SoftmaxKind Softmax { get; init; } = SoftmaxKind.Exact;

    /// <summary>The number of tokens that are drawn for each step of training where <see cref="Softmax"/> is sampled, below the size of the vocabulary.</summary>
    public int SampledClasses { get; init; } = 1024;

    /// <summary>The probability with which values are dropped on their way into, between and out of the layers in training, in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>Whether all steps of a window drop the same.</summary>
    public DropoutMask DropoutMask { get; init; } = DropoutMask.Independent;

    /// <summary>The probability with which all vectors of a token are dropped for a window of training, in [0, 1).</summary>
    public double WordDropout { get; init; }

    /// <summary>The probability with which a recurrent weight is dropped for a window of training, in [0, 1); for cells that have such weights.</summary>
    public double WeightDropout { get; init; }

    /// <summary>The number of learned values of a model with a vocabulary of this size; <see cref="long.MaxValue"/> where it is larger.</summary>
    /// <param name="vocabulary">The number of tokens, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no token.</exception>
    /// <exception cref="UnfoldException">A setting is out of range; the message names it.</exception>
    public long CountParameters(int vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        Validate();
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

        Int128 output = Softmax == SoftmaxKind.Adaptive
            ? AdaptiveSoftmaxOutput.CountParameters(input, vocabulary)
            : vocabulary * ((OutputWeights == OutputWeights.Tied ? 0 : input) + 1);
        return (long)Int128.Min(total + output, long.MaxValue);
    }

    /// <summary>The number of learned tensors of a model with a vocabulary of this size, each of which has a name: weights, biases and tables.</summary>
    /// <inheritdoc cref="CountParameters" path="/param|/exception"/>
    public int CountTensors(int vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        Validate();
        // Cells of one kind and options have the same tensors, whatever their widths.
        int each = CellTable.Of(Cell).Create(this, 1, Hidden[0], random: null, "cell").Parameters.Count;
        int output = Softmax == SoftmaxKind.Adaptive ? AdaptiveSoftmaxOutput.CountTensors(vocabulary) : OutputWeights == OutputWeights.Tied ? 1 : 2;
        return (Embedding > 0 ? 1 : 0) + (Layers * each) + output;
    }

    /// <summary>The most logits that a step of training keeps for one row, with a vocabulary of this size.</summary>
    internal int LogitsEach(int vocabulary) => Softmax switch
    {
        SoftmaxKind.Sampled => SampledClasses + 1,
        SoftmaxKind.Adaptive => AdaptiveSoftmaxOutput.MostLogits(vocabulary),
        _ => vocabulary,
    };

    /// <summary>Whether a step of training draws at random.</summary>
    internal bool UsesChance => Dropout > 0 || WordDropout > 0 || WeightDropout > 0 || Softmax == SoftmaxKind.Sampled || Lstm.UsesChance;

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
        Setting.Require(Layers >= 1, "The number of layers", "at least 1", Layers);
        foreach (int width in Hidden.Values)
        {
            Setting.Require(width >= 1, "The hidden size", "at least 1", width);
        }

        Setting.Require(Hidden.IsOneForAll || Hidden.Values.Count == Layers, "The number of hidden sizes", $"1, or one for each of the {Layers} layers", Hidden.Values.Count);
        Setting.Require(Embedding >= 0, "The embedding size", "0 for one-hot, or more", Embedding);
        RequireDropouts();
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
        RequireOutput();
    }

    private void RequireDropouts()
    {
        Setting.Require(Dropout is >= 0 and < 1, "The dropout probability", "at least 0 and below 1", Dropout);
        Setting.Require(WordDropout is >= 0 and < 1, "The probability of word dropout", "at least 0 and below 1", WordDropout);
        Setting.Require(WeightDropout is >= 0 and < 1, "The probability of weight dropout", "at least 0 and below 1", WeightDropout);
        if (!Enum.IsDefined(DropoutMask))
        {
            throw new UnfoldException($"The mask {(int)DropoutMask} of dropout is not known.");
        }

        if (WordDropout > 0 && Embedding == 0)
        {
            throw new UnfoldException("Word dropout drops vectors of an embedding: choose an embedding, or leave it out.");
        }

        if (WeightDropout > 0 && Cell is CellKind.MinGru or CellKind.MinLstm or CellKind.Custom)
        {
            throw new UnfoldException($"Weight dropout drops the weights from the step before, of the cells rnn, lstm, gru and jordan; found the cell {Cell.ToString().ToLowerInvariant()}.");
        }
    }

    private void RequireOutput()
    {
        if (!Enum.IsDefined(OutputWeights))
        {
            throw new UnfoldException($"The weights {(int)OutputWeights} of the output are not known.");
        }

        if (!Enum.IsDefined(Softmax))
        {
            throw new UnfoldException($"The softmax {(int)Softmax} is not known.");
        }

        if (Softmax == SoftmaxKind.Adaptive && OutputWeights == OutputWeights.Tied)
        {
            throw new UnfoldException("An adaptive softmax has narrower weights for rare tokens, so they cannot be those of the embedding: leave out one of the two.");
        }

        Setting.Require(SampledClasses >= 1, "The number of sampled tokens", "at least 1", SampledClasses);
        int width = OutputSize(Layers - 1);
        if (OutputWeights == OutputWeights.Tied && Embedding != width)
        {
            throw new UnfoldException($"Tied weights want an embedding as wide as the output of the last layer, {width}; found {Embedding}.");
        }
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
}
