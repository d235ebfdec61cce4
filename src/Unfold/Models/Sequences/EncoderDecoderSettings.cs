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

    /// <summary>
    /// The recurrent part of what writes the target. It reads forward; its symbols are those of the target, of which the rare ones
    /// (<see cref="SequenceEncoderSettings.MinimumCount"/>) are the unknown, which is never written.
    /// </summary>
    public SequenceEncoderSettings Decoder { get; init; } = new();

    /// <summary>Whether and how the decoder looks back at the steps of its source.</summary>
    public AttentionKind Attention { get; init; } = AttentionKind.Multiplicative;

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (Encoder is null || Decoder is null)
        {
            throw new UnfoldException($"An encoder-decoder has settings of both its parts; found none of its {(Encoder is null ? "encoder" : "decoder")}.");
        }

        Encoder.Validate();
        Decoder.Validate();
        _ = DecoderForward();
        if (!Enum.IsDefined(Attention))
        {
            throw new UnfoldException($"The {nameof(AttentionKind)} {Attention} is not known; the known ones are {string.Join(", ", Enum.GetNames<AttentionKind>())}.");
        }
    }

    /// <summary>These settings with the directions that both parts have where none is chosen.</summary>
    internal EncoderDecoderSettings WithDirections() => this with { Encoder = Encoder.ReadsUnlessChosen(Reading.Bidirectional), Decoder = DecoderForward() };

    private SequenceEncoderSettings DecoderForward() => Decoder.RequireForward("The decoder of an encoder-decoder");
}
