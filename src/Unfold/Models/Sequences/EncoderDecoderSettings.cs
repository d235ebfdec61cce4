using Unfold.Layers;

namespace Unfold.Models;

/// <summary>Whether and how a decoder looks back at the steps of its source.</summary>
public enum AttentionKind
{
    /// <summary>Not at all: the source comes through the decoder's first state only (Sutskever et al., 2014; Cho et al., 2014).</summary>
    None,

    /// <summary>v^T tanh(h W_q + m W_k) (Bahdanau et al., 2015), compared in as many dimensions as the decoder is wide.</summary>
    Additive,

    /// <summary>h (m W)^T, the general score of Luong et al. (2015).</summary>
    Multiplicative,
}

/// <summary>The shape of an <see cref="EncoderDecoder"/>.</summary>
public sealed record EncoderDecoderSettings
{
    /// <summary>What reads the source.</summary>
    public SequenceEncoderSettings Encoder { get; init; } = new();

    /// <summary>The cell of every layer of the decoder.</summary>
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>The number of layers of the decoder, at least 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>H, the width of every layer of the decoder, at least 1.</summary>
    public int Hidden { get; init; } = 100;

    /// <summary>How the layers of the decoder are connected.</summary>
    public StackConnection Connection { get; init; } = StackConnection.Plain;

    /// <summary>The width of a target symbol's vector where it is read back; 0 is one-hot.</summary>
    public int Embedding { get; init; } = 64;

    /// <summary>Whether and how the decoder looks back at the steps of its source.</summary>
    public AttentionKind Attention { get; init; } = AttentionKind.Multiplicative;

    /// <summary>How often a target symbol must come in the training examples to be one that can be written, at least 1; the rarer ones are the unknown, which is never written.</summary>
    public int MinimumCount { get; init; } = 1;

    /// <summary>The probability with which the decoder's values are dropped in training before, between and after its layers, in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (Encoder is null)
        {
            throw new UnfoldException("An encoder-decoder has settings of its encoder; found none.");
        }

        Encoder.Validate();
        Decoder.Validate();
        if (!Enum.IsDefined(Attention))
        {
            throw new UnfoldException($"The {nameof(AttentionKind)} {Attention} is not known; the known ones are {string.Join(", ", Enum.GetNames<AttentionKind>())}.");
        }
    }

    /// <summary>The recurrent part of the decoder in the words of an encoder, for what both share.</summary>
    internal SequenceEncoderSettings Decoder => new()
    {
        Cell = Cell,
        Layers = Layers,
        Hidden = Hidden,
        Reading = Reading.Forward,
        Connection = Connection,
        Embedding = Embedding,
        MinimumCount = MinimumCount,
        Dropout = Dropout,
    };
}
