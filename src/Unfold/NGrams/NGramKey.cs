using System.Numerics;

namespace Unfold.NGrams;

/// <summary>
/// Up to seven tokens packed into three words, 21 bits each, the first token in the highest bits: comparing keys of one length is
/// comparing the tokens one after the other.
/// </summary>
internal readonly record struct NGramKey(ulong High, ulong Middle, ulong Low) : IComparable<NGramKey>
{
    /// <summary>The longest n-gram of a model.</summary>
    public const int MaximumOrder = 7;

    /// <summary>How many different tokens fit.</summary>
    public const int MaximumVocabulary = 1 << TokenBits;

    private const int TokenBits = 21, TokensPerWord = 3, FirstShift = TokenBits * (TokensPerWord - 1);
    private const ulong Mask = MaximumVocabulary - 1;

    /// <summary>The token at a place.</summary>
    public int this[int place] => (int)((Word(place / TokensPerWord) >> (FirstShift - (TokenBits * (place % TokensPerWord)))) & Mask);

    /// <summary>Packs tokens in their order.</summary>
    public static NGramKey Of(ReadOnlySpan<int> tokens)
    {
        NGramKey key = default;
        for (int place = tokens.Length - 1; place >= 0; place--)
        {
            key = key.Pushed(tokens[place]);
        }

        return key;
    }

    /// <summary>The key with one more token before its first.</summary>
    public NGramKey Pushed(int token) => new(
        ((ulong)(uint)token << FirstShift) | (High >> TokenBits),
        ((High & Mask) << FirstShift) | (Middle >> TokenBits),
        ((Middle & Mask) << FirstShift) | (Low >> TokenBits));

    /// <summary>The first <paramref name="length"/> tokens.</summary>
    public NGramKey Prefix(int length) => new(Kept(High, length), Kept(Middle, length - TokensPerWord), Kept(Low, length - (2 * TokensPerWord)));

    /// <summary>The first <paramref name="length"/> tokens in the opposite order.</summary>
    public NGramKey Reversed(int length)
    {
        NGramKey reversed = default;
        for (int place = 0; place < length; place++)
        {
            reversed = reversed.Pushed(this[place]);
        }

        return reversed;
    }

    /// <summary>The first <paramref name="length"/> tokens, unpacked.</summary>
    public int[] Tokens(int length)
    {
        int[] tokens = new int[length];
        for (int place = 0; place < length; place++)
        {
            tokens[place] = this[place];
        }

        return tokens;
    }

    /// <summary>How many tokens from the first on are the same in both.</summary>
    public int CommonPrefix(in NGramKey other)
    {
        if (High != other.High)
        {
            return Same(High ^ other.High);
        }

        return Middle != other.Middle ? TokensPerWord + Same(Middle ^ other.Middle) : (2 * TokensPerWord) + Same(Low ^ other.Low);
    }

    /// <inheritdoc/>
    public int CompareTo(NGramKey other)
    {
        if (High != other.High)
        {
            return High < other.High ? -1 : 1;
        }

        return Middle != other.Middle ? Middle < other.Middle ? -1 : 1 : Low.CompareTo(other.Low);
    }

    private static int Same(ulong differences) => (BitOperations.LeadingZeroCount(differences) - 1) / TokenBits;

    private static ulong Kept(ulong word, int tokens) => tokens switch
    {
        <= 0 => 0,
        >= TokensPerWord => word,
        _ => word >> (TokenBits * (TokensPerWord - tokens)) << (TokenBits * (TokensPerWord - tokens)),
    };

    private ulong Word(int index) => index switch { 0 => High, 1 => Middle, _ => Low };
}
