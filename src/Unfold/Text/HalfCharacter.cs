namespace Unfold.Text;

/// <summary>Finds half a surrogate pair, which no file of UTF-8 can hold.</summary>
internal static class HalfCharacter
{
    /// <summary>Where the first one stands; -1 where all characters are whole.</summary>
    public static int IndexIn(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i += char.IsSurrogate(text[i]) ? 2 : 1)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])))
            {
                return i;
            }
        }

        return -1;
    }
}
