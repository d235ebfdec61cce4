namespace Unfold.Text;

/// <summary>
/// Writes traditional Chinese characters as simplified ones by the rules "Traditional-Simplified" of the ICU library of the system, so that a text in
/// both scripts has one word where it would have two: 買 and 买.
/// </summary>
/// <remarks>
/// One thread at a time. What is no Chinese character stays as it is. The rules look a character far, so 著名 stays and 看著 becomes 看着, and know no names: 乾隆
/// becomes 干隆.
/// </remarks>
public sealed class SimplifiedChinese : IDisposable
{
    private readonly IcuTransliterator _rules;

    /// <summary>Opens the rules of the system's library.</summary>
    /// <exception cref="UnfoldException">There is none, or it does not have them.</exception>
    public SimplifiedChinese() =>
        _rules = IcuTransliterator.Open(IcuTransliterator.Names, "[:Han:] Traditional-Simplified", "Which Chinese characters are simplified ones of others", "take a text that is in one script");

    /// <summary>The text in simplified characters.</summary>
    /// <param name="text">Text in any language.</param>
    /// <exception cref="UnfoldException">The library failed on the text.</exception>
    public string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _rules.Rewrite(text) ?? throw new UnfoldException(FormattableString.Invariant($"The ICU library could not simplify a text of {text.Length:N0} characters: give it in smaller parts."));
    }

    /// <summary>Frees the rules.</summary>
    public void Dispose() => _rules.Dispose();
}
