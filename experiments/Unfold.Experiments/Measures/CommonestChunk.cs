using Unfold.Experiments.Data;

namespace Unfold.Experiments.Measures;

/// <summary>The baseline of the chunking task: the chunk tag that was commonest with the word's part of speech.</summary>
internal sealed class CommonestChunk
{
    private readonly Dictionary<string, string> _byTag;
    private readonly string _any;

    /// <summary>Counts the chunk tags of each part of speech.</summary>
    public CommonestChunk(IEnumerable<ChunkToken[]> sentences)
    {
        ChunkToken[] tokens = [.. sentences.SelectMany(sentence => sentence)];
        _byTag = tokens.GroupBy(token => token.Tag, StringComparer.Ordinal).ToDictionary(group => group.Key, group => Majority.Of(group.Select(token => token.Chunk)), StringComparer.Ordinal);
        _any = Majority.Of(tokens.Select(token => token.Chunk));
    }

    /// <summary>The chunk tags of a sentence.</summary>
    public string[] Predict(IEnumerable<ChunkToken> sentence) => [.. sentence.Select(token => _byTag.GetValueOrDefault(token.Tag, _any))];
}
