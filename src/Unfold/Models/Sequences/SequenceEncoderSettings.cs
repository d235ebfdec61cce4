using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>Whether a step sees what comes after it.</summary>
public enum Reading
{
    /// <summary>Each step sees itself and what came before: can be streamed.</summary>
    Forward,

    /// <summary>Each step sees the whole sequence.</summary>
    Bidirectional,
}

/// <summary>How one vector is made of the outputs y_1 .. y_L of a sequence.</summary>
public enum Pooling
{
    /// <summary>The output after the last step, and of the backward direction after the first: merge(f_L, b_1), of the last layer without what a residual connection adds.</summary>
    Last,

    /// <summary>(y_1 + .. + y_L) / L.</summary>
    Mean,

    /// <summary>The largest of y_1 .. y_L in each column.</summary>
    Max,
}

/// <summary>The recurrent part of a model of sequences.</summary>
public sealed record SequenceEncoderSettings
{
    /// <summary>The cell of every layer.</summary>
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>Makes the cells where <see cref="Cell"/> is <see cref="CellKind.Custom"/>; null for the built-in ones.</summary>
    public CellFactory? CustomCell { get; init; }

    /// <summary>f of the simple recurrent network; the other cells have their own.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>The number of layers, at least 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>H, the width of every layer and direction, at least 1.</summary>
    public int Hidden { get; init; } = 100;

    /// <summary>What the LSTM has beside the plain one; the defaults for the other cells.</summary>
    public LstmOptions Lstm { get; init; } = new();

    /// <summary>
    /// Whether a step sees what comes after it; null leaves it to the model: forward where something is foretold or written (<see cref="Forecaster"/>,
    /// <see cref="FramePredictor"/>, <see cref="SequenceGenerator"/>, the decoder of an <see cref="EncoderDecoder"/>), both directions elsewhere.
    /// </summary>
    public Reading? Reading { get; init; }

    /// <summary>How the two directions are merged.</summary>
    public Merge Merge { get; init; } = Merge.Concatenate;

    /// <summary>How layers are connected.</summary>
    public StackConnection Connection { get; init; } = StackConnection.Plain;

    /// <summary>The width of a symbol's vector in the first column of symbols; 0 is one-hot, for a single column without variables.</summary>
    public int Embedding { get; init; } = 64;

    /// <summary>The width of a symbol's vector in the columns after the first.</summary>
    public int FurtherEmbedding { get; init; } = 16;

    /// <summary>How often a symbol must come in the training examples to have a vector of its own, at least 1; the rarer ones share that of the unknown, which is trained by them.</summary>
    public int MinimumCount { get; init; } = 1;

    /// <summary>How one vector is made of a whole sequence, where a model wants that.</summary>
    public Pooling Pooling { get; init; } = Pooling.Last;

    /// <summary>The probability with which values are dropped in training before, between and after the layers, in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        RequireKnown(Cell);
        ToLanguageModelSettings().Validate();
        if (Reading is { } reading)
        {
            RequireKnown(reading);
        }

        RequireKnown(Merge);
        RequireKnown(Pooling);
        Setting.Require(MinimumCount >= 1, "The count from which a symbol has a vector of its own", "at least 1", MinimumCount);
        Setting.Require(FurtherEmbedding >= 1, "The embedding size of further columns", "at least 1", FurtherEmbedding);
    }

    /// <summary>The width of a symbol's vector in a column.</summary>
    internal int EmbeddingOf(int column) => column == 0 ? Embedding : FurtherEmbedding;

    /// <summary>Whether there is one direction only.</summary>
    internal bool ReadsForward => Reading == Models.Reading.Forward;

    /// <summary>These settings with a direction: that which was chosen, or else the model's own.</summary>
    internal SequenceEncoderSettings ReadsUnlessChosen(Reading own) => Reading is null ? this with { Reading = own } : this;

    /// <summary>These settings, to be read forward; throws where the whole sequence would be read by a model that may see the past only.</summary>
    internal SequenceEncoderSettings RequireForward(string model)
    {
        SequenceEncoderSettings settings = ReadsUnlessChosen(Models.Reading.Forward);
        return settings.ReadsForward
            ? settings
            : throw new UnfoldException($"{model} reads forward, because it may not see what it is to find; found Reading.{Reading}: set Reading.Forward, or leave it out.");
    }

    private static void RequireKnown<T>(T choice)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(choice))
        {
            throw new UnfoldException($"The {typeof(T).Name} {choice} is not known; the known ones are {string.Join(", ", Enum.GetNames<T>())}.");
        }
    }

    /// <summary>The same choices in the words of the language model, for what both share.</summary>
    internal LanguageModelSettings ToLanguageModelSettings() => new()
    {
        Cell = Cell,
        CustomCell = CustomCell,
        Activation = Activation,
        Layers = Layers,
        Hidden = Hidden,
        Lstm = Lstm,
        Connection = Connection,
        Embedding = Embedding,
        Dropout = Dropout,
    };
}
