namespace Unfold.Text;

/// <summary>
/// Writes traditional Chinese characters as simplified ones, character by character, by the rules "Traditional-Simplified" of the ICU library of the system, so that a text in
/// both scripts has one word where it would have two: 買 and 买.
/// </summary>
/// <remarks>One thread at a time. What has no simplified form stays as it is.</remarks>
public sealed class SimplifiedChinese : IDisposable
{
    private readonly IcuTransliterator _rules;

    /// <summary>Opens the rules of the system's library.</summary>
    /// <exception cref="UnfoldException">There is none, or it does not have them.</exception>
    public SimplifiedChinese() =>
        _rules = IcuTransliterator.Open(IcuTransliterator.Names, "Traditional-Simplified", "Which Chinese characters are simplified ones of others", "take a text that is in one script");

    /// <summary>The text in simplified characters.</summary>
    /// <param name="text">Text in any language; all but traditional Chinese characters is left as it is.</param>
    /// <exception cref="UnfoldException">The library failed on the text.</exception>
    public string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _rules.Rewrite(text) ?? throw new UnfoldException($"The ICU library could not simplify a text of {text.Length:N0} characters: give it in smaller parts.");
    }

    /// <summary>Frees the rules.</summary>
    public void Dispose() => _rules.Dispose();
}
