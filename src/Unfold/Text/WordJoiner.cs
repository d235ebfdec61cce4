using System.Globalization;
using System.Text;

namespace Unfold.Text;

/// <summary>
/// Puts words and punctuation back as printed text: one space between words, none before closing or after opening
/// punctuation, none beside ideographs, none around hyphens and slashes; straight quotes open and close in turn on a line.
/// </summary>
internal sealed class WordJoiner : TokenJoiner
{
    private enum Side
    {
        /// <summary>A space on both sides.</summary>
        Spaced,

        /// <summary>No space before: a comma, a closing bracket.</summary>
        Closing,

        /// <summary>No space after: an opening bracket, a currency sign.</summary>
        Opening,

        /// <summary>No space on either side: a hyphen, an ideograph, a line feed.</summary>
        Glued,
    }

    private Side _previous = Side.Glued;
    private bool _insideDouble;
    private bool _insideSingle;

    public override string Next(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Length == 0)
        {
            return token;
        }

        (Side first, Side last) = SidesOf(token);
        bool spaced = _previous is Side.Spaced or Side.Closing && first is Side.Spaced or Side.Opening;
        _previous = last;
        return spaced ? " " + token : token;
    }

    private (Side First, Side Last) SidesOf(string token)
    {
        switch (token)
        {
            case "\n":
                _insideDouble = false;
                _insideSingle = false;
                return (Side.Glued, Side.Glued);
            case "\"":
                return Quote(ref _insideDouble);
            case "'":
                return Quote(ref _insideSingle);
        }

        // 卡拉OK and T恤 have another side at each end.
        Rune.DecodeFromUtf16(token, out Rune first, out _);
        return (SideOf(first), SideOf(LastOf(token, first)));
    }

    /// <summary>The last scalar value but for those that cling to one before them and have no side of their own.</summary>
    private static Rune LastOf(ReadOnlySpan<char> token, Rune first)
    {
        while (!token.IsEmpty)
        {
            Rune.DecodeLastFromUtf16(token, out Rune rune, out int units);
            if (RuneClasses.Of(rune) != RuneClass.Extend)
            {
                return rune;
            }

            token = token[..^units];
        }

        return first;
    }

    private static (Side First, Side Last) Quote(ref bool inside)
    {
        inside = !inside;
        return inside ? (Side.Opening, Side.Opening) : (Side.Closing, Side.Closing);
    }

    private static Side SideOf(Rune rune)
    {
        if (RuneClasses.IsEastAsian(rune))
        {
            return Side.Glued;
        }

        switch (rune.Value)
        {
            case '.' or ',' or ';' or ':' or '!' or '?' or '%' or 0x2026:
                return Side.Closing;
            case '-' or '/' or '\\' or 0x2010 or 0x2011 or 0x2014:
                return Side.Glued;
            case '$' or '#' or '@':
                return Side.Opening;
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.OpenPunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.CurrencySymbol => Side.Opening,
            UnicodeCategory.ClosePunctuation or UnicodeCategory.FinalQuotePunctuation => Side.Closing,
            _ => Side.Spaced,
        };
    }
}
