namespace Unfold.Text;

/// <summary>Takes an encoded text of sentence mode apart.</summary>
public static class SentenceList
{
    /// <summary>The tokens of each sentence, without its end symbol.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> Of(TokenStore tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var sentences = new List<IReadOnlyList<int>>();
        var sentence = new List<int>();
        foreach (int token in tokens.Walk())
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

        if (sentence.Count > 0)
        {
            sentences.Add(sentence.ToArray());
        }

        return sentences;
    }
}
