namespace Unfold.Text;

/// <summary>Takes an encoded text of sentence mode apart.</summary>
public static class SentenceList
{
    /// <summary>The tokens of each sentence, without its end symbol.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> Of(TokenStore tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        const int blockLength = 1 << 16;
        int[] block = new int[blockLength];
        var sentences = new List<IReadOnlyList<int>>();
        var sentence = new List<int>();
        for (long start = 0; start < tokens.Count; start += blockLength)
        {
            int length = (int)Math.Min(blockLength, tokens.Count - start);
            tokens.Read(start, block.AsSpan(0, length));
            foreach (int token in block.AsSpan(0, length))
            {
                if (token != Vocabulary.EndId)
                {
                    sentence.Add(token);
                }
                else if (sentence.Count > 0)
                {
                    sentences.Add(sentence.ToArray());
                    sentence.Clear();
                }
            }
        }

        if (sentence.Count > 0)
        {
            sentences.Add(sentence.ToArray());
        }

        return sentences;
    }
}
