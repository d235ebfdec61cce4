namespace Unfold.Text;

/// <summary>Finds where the sentences of an encoded text end.</summary>
internal static class SentenceEnds
{
    private const int BlockLength = 4096;

    /// <summary>The position of the last end symbol before a position, or the first of the text at all where there is none but that at its very beginning.</summary>
    public static long Before(TokenStore tokens, long position)
    {
        int[] block = new int[BlockLength];
        for (long end = position; end > 1;)
        {
            long start = Math.Max(1, end - BlockLength);
            int length = (int)(end - start);
            tokens.Read(start, block.AsSpan(0, length));
            int found = block.AsSpan(0, length).LastIndexOf(Vocabulary.EndId);
            if (found >= 0)
            {
                return start + found;
            }

            end = start;
        }

        return After(tokens, 1, block);
    }

    private static long After(TokenStore tokens, long position, int[] block)
    {
        for (long start = position; start < tokens.Count; start += BlockLength)
        {
            int length = (int)Math.Min(BlockLength, tokens.Count - start);
            tokens.Read(start, block.AsSpan(0, length));
            int found = block.AsSpan(0, length).IndexOf(Vocabulary.EndId);
            if (found >= 0)
            {
                return start + found;
            }
        }

        return 0;
    }
}
