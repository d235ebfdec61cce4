namespace Unfold.Text;

/// <summary>Finds where the sentences of an encoded text end.</summary>
internal static class SentenceEnds
{
    /// <summary>The position of the last end symbol before a position, or the first of the text at all where there is none but that at its very beginning.</summary>
    public static long Before(TokenStore tokens, long position)
    {
        // The tokens of a sentence are few: they are looked at one by one.
        for (long place = position - 1; place > 0; place--)
        {
            if (IsEnd(tokens, place))
            {
                return place;
            }
        }

        for (long place = Math.Max(1, position); place < tokens.Count; place++)
        {
            if (IsEnd(tokens, place))
            {
                return place;
            }
        }

        return 0;
    }

    private static bool IsEnd(TokenStore tokens, long place)
    {
        Span<int> token = stackalloc int[1];
        tokens.Read(place, token);
        return token[0] == Vocabulary.EndId;
    }
}
