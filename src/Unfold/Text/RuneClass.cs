using System.Globalization;
using System.Text;

namespace Unfold.Text;

/// <summary>What a scalar value does to a word's boundaries.</summary>
internal enum RuneClass
{
    Space,
    NewLine,
    Letter,
    Digit,

    /// <summary>A combining mark, joiner or other invisible that clings to what stands before it.</summary>
    Extend,

    /// <summary>An ideograph or kana: a token by itself.</summary>
    Ideograph,
    RegionalIndicator,
    Symbol,
}

/// <summary>The classes of Unicode's word boundary rules (UAX #29) as far as the word tokenizer needs them.</summary>
internal static class RuneClasses
{
    public const int ZeroWidthJoiner = 0x200D;

    public static RuneClass Of(Rune rune)
    {
        int value = rune.Value;
        if (value < 128)
        {
            return OfAscii(value);
        }

        if (IsIdeographOrKana(value))
        {
            return RuneClass.Ideograph;
        }

        return value switch
        {
            >= 0x1F1E6 and <= 0x1F1FF => RuneClass.RegionalIndicator,
            >= 0x1F3FB and <= 0x1F3FF => RuneClass.Extend, // skin tones
            0xFEFF or 0x200B => RuneClass.Space, // zero width spaces divide, and are not worth a token
            _ => OfCategory(Rune.GetUnicodeCategory(rune)),
        };
    }

    /// <summary>True for ideographs, kana, and the punctuation and full-width forms that are set with them.</summary>
    public static bool IsEastAsian(Rune rune) => rune.Value is (>= 0x3000 and <= 0x303F) or (>= 0xFF00 and <= 0xFFEF) or (>= 0xFE30 and <= 0xFE4F)
        || IsIdeographOrKana(rune.Value);

    /// <summary>True for what runs on in a word.</summary>
    public static bool IsLetterOrDigit(Rune rune) => Of(rune) is RuneClass.Letter or RuneClass.Digit;

    /// <summary>Marks that join two letters into one word: can't, l’été, e.g, col·lecció.</summary>
    public static bool JoinsLetters(Rune rune) => rune.Value is '\'' or 0x2019 or '.' or 0xB7 or 0x2027;

    /// <summary>Marks that join two digits into one number: 3.14, 1,000, 1'000 and the Arabic separators.</summary>
    public static bool JoinsDigits(Rune rune) => rune.Value is '.' or ',' or '\'' or 0x2019 or 0x66B or 0x66C;

    private static RuneClass OfAscii(int value) => value switch
    {
        '\n' => RuneClass.NewLine,
        <= ' ' or 127 => RuneClass.Space,
        >= '0' and <= '9' => RuneClass.Digit,
        (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_' => RuneClass.Letter,
        _ => RuneClass.Symbol,
    };

    private static bool IsIdeographOrKana(int value) => value switch
    {
        < 0x3005 => false,
        0x3005 or 0x3006 or 0x3007 => true,
        0x3099 or 0x309A or 0x30FB => false, // combining voice marks; the middle dot is punctuation
        >= 0x3040 and <= 0x30FF => true,
        >= 0x3105 and <= 0x312F => true, // bopomofo
        >= 0x31F0 and <= 0x31FF => true,
        >= 0x3400 and <= 0x4DBF => true,
        >= 0x4E00 and <= 0x9FFF => true,
        >= 0xF900 and <= 0xFAFF => true,
        >= 0xFF66 and <= 0xFF9D => true,
        >= 0x1B000 and <= 0x1B16F => true,
        >= 0x20000 and <= 0x3FFFF => true,
        _ => false,
    };

    private static RuneClass OfCategory(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber
            or UnicodeCategory.ConnectorPunctuation => RuneClass.Letter,
        UnicodeCategory.DecimalDigitNumber => RuneClass.Digit,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format => RuneClass.Extend,
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Control => RuneClass.Space,
        _ => RuneClass.Symbol,
    };
}
