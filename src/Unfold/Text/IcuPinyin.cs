using System.Text;

namespace Unfold.Text;

/// <summary>How a Chinese character sounds: pinyin without its tone, by the rules "Han-Latin" of the ICU library, which know the commonest reading of each character.</summary>
internal sealed class IcuPinyin : IDisposable
{
    // Grave, acute, macron and caron are tones; the two dots of ü are not.
    private const string Rules = "Han-Latin; NFD; [\u0300\u0301\u0304\u030C] Remove; NFC";
    private const char AfterLatin = '\u0250';

    private readonly IcuTransliterator _rules;

    private IcuPinyin(IcuTransliterator rules) => _rules = rules;

    /// <summary>Opens the rules of the system's library.</summary>
    /// <exception cref="UnfoldException">There is none, or it has no pinyin.</exception>
    public static IcuPinyin Open() => Find(IcuTransliterator.Names);

    /// <summary>Opens the rules of the first library of the names that has the functions.</summary>
    /// <exception cref="UnfoldException">There is none, or it has no pinyin.</exception>
    public static IcuPinyin Find(IEnumerable<string> names) =>
        new(IcuTransliterator.Open(names, Rules, "How Chinese words sound", "confuse characters by their shape"));

    /// <summary>The pinyin of a character without its tone, such as "lü"; null where the library knows none.</summary>
    public string? Of(Rune character) =>
        _rules.Rewrite(character.ToString()) is { Length: > 0 } reading && reading.All(letter => letter < AfterLatin) ? reading : null;

    /// <summary>Frees the rules.</summary>
    public void Dispose() => _rules.Dispose();
}
