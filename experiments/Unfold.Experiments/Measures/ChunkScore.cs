namespace Unfold.Experiments.Measures;

/// <summary>
/// How well chunks were found, by the rules of conlleval: a chunk is found where its beginning, its end and its type are all right.
/// </summary>
/// <param name="Wanted">The chunks that there are.</param>
/// <param name="Found">The chunks that were answered.</param>
/// <param name="Right">Those of them that are right.</param>
internal sealed record ChunkScore(int Wanted, int Found, int Right)
{
    /// <summary>The share of what was answered that is right; 0 where nothing was.</summary>
    public double Precision => Found == 0 ? 0 : (double)Right / Found;

    /// <summary>The share of what was wanted that was found; 0 where nothing was.</summary>
    public double Recall => Wanted == 0 ? 0 : (double)Right / Wanted;

    /// <summary>The harmonic mean of both, in [0, 1].</summary>
    public double F1 => Wanted + Found == 0 ? 0 : 2.0 * Right / (Wanted + Found);

    /// <summary>Compares sentences of chunk tags: O, B-X, I-X.</summary>
    /// <exception cref="ArgumentException">There are not as many sentences, or a sentence has not as many tags.</exception>
    public static ChunkScore Of(IReadOnlyList<IReadOnlyList<string>> wanted, IReadOnlyList<IReadOnlyList<string>> answered)
    {
        if (wanted.Count != answered.Count || wanted.Zip(answered).Any(pair => pair.First.Count != pair.Second.Count))
        {
            throw new ArgumentException("Each sentence wants one answered tag for each of its tags.", nameof(answered));
        }

        int wantedChunks = 0;
        int found = 0;
        int right = 0;
        for (int sentence = 0; sentence < wanted.Count; sentence++)
        {
            var all = Chunks(wanted[sentence]).ToHashSet();
            wantedChunks += all.Count;
            foreach ((int, int, string) chunk in Chunks(answered[sentence]))
            {
                found++;
                right += all.Contains(chunk) ? 1 : 0;
            }
        }

        return new ChunkScore(wantedChunks, found, right);
    }

    /// <summary>
    /// The chunks of a sentence: first word, word behind the last, type. A chunk begins at a B, and also at an I that cannot go on with
    /// what is before it: the beginning of the sentence, an O, or another type.
    /// </summary>
    public static IEnumerable<(int First, int End, string Type)> Chunks(IReadOnlyList<string> tags)
    {
        int first = -1;
        string type = "";
        for (int i = 0; i <= tags.Count; i++)
        {
            string tag = i < tags.Count ? tags[i] : "O";
            string now = tag.Length > 2 ? tag[2..] : "";
            if (first >= 0 && (tag == "O" || tag[0] == 'B' || now != type))
            {
                yield return (first, i, type);
                first = -1;
            }

            if (first < 0 && tag != "O")
            {
                (first, type) = (i, now);
            }
        }
    }
}
