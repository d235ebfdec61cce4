using Unfold.Text;

namespace Unfold.Generation;

/// <summary>Sees to it that the symbols of bytes among subwords are written as whole characters: what no text can hold is never chosen.</summary>
internal sealed class WholeCharacters
{
    private const int NoByte = -1;

    private readonly int[] _byteOf;
    private readonly float[] _masked;

    private WholeCharacters(int[] byteOf) => (_byteOf, _masked) = (byteOf, new float[byteOf.Length]);

    /// <summary>For the tokens of a vocabulary; null where none is a byte.</summary>
    public static WholeCharacters? Of(Vocabulary vocabulary) => vocabulary.Kind == TokenKind.BytePair
        ? new WholeCharacters([.. Enumerable.Range(0, vocabulary.Count).Select(token => Vocabulary.IsSpecial(token) ? NoByte : BytePairEncoding.ByteOf(vocabulary[token]))])
        : null;

    /// <summary>Whether a token may come next, if so many at most are written from here on.</summary>
    public bool Allows(Utf8Progress progress, int token, int left) =>
        _byteOf[token] is var value && value == NoByte ? progress.IsBetween : progress.Allows((byte)value, left);

    /// <summary>Where the text stands after a token.</summary>
    public Utf8Progress After(Utf8Progress progress, int token) => _byteOf[token] == NoByte ? default : progress.After((byte)_byteOf[token]);

    /// <summary>Logits with negative infinity for what may not come next; they hold until the next call.</summary>
    public ReadOnlySpan<float> Mask(ReadOnlySpan<float> logits, Utf8Progress progress, int left)
    {
        for (int token = 0; token < _masked.Length; token++)
        {
            _masked[token] = Allows(progress, token, left) ? logits[token] : float.NegativeInfinity;
        }

        return _masked;
    }
}
