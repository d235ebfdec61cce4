using Unfold.NGrams;

namespace Unfold.Persistence;

/// <summary>The n-grams of one length as they are read, then sorted, then hung below those one token shorter.</summary>
internal sealed class ArpaLevel(int length, long announced)
{
    private const int MostReserved = 1 << 20;

    private readonly List<Entry> _entries = new((int)Math.Min(announced, MostReserved));

    /// <summary>How many there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Takes the n-gram of a line.</summary>
    public void Add(in NGramKey key, float logProbability, float backoff, int line) => _entries.Add(new Entry(key, logProbability, backoff, line));

    /// <summary>Gives a 1-gram that was taken another token.</summary>
    public void Rename(int token, int renamed)
    {
        int at = _entries.FindIndex(entry => entry.Key == NGramKey.Of([token]));
        _entries[at] = _entries[at] with { Key = NGramKey.Of([renamed]) };
    }

    /// <summary>Gives special tokens without a line no probability.</summary>
    /// <param name="listed">Which of them have one.</param>
    public void Complete(ReadOnlySpan<bool> listed)
    {
        for (int token = 0; token < listed.Length; token++)
        {
            if (!listed[token])
            {
                _entries.Add(new Entry(NGramKey.Of([token]), NGramModel.Impossible, 0, 0));
            }
        }
    }

    /// <summary>Brings the n-grams into the order of their tokens.</summary>
    /// <returns>The line of one that is there twice, or null.</returns>
    public int? Sort()
    {
        _entries.Sort();
        for (int i = 1; i < _entries.Count; i++)
        {
            if (_entries[i].Key == _entries[i - 1].Key)
            {
                return Math.Max(_entries[i].Line, _entries[i - 1].Line);
            }
        }

        return null;
    }

    /// <summary>Finds for each n-gram the one token shorter that it goes on from; both levels are sorted.</summary>
    /// <param name="shorter">The level above.</param>
    /// <param name="starts">Where the n-grams that go on from each of the level above begin, and where the last ones end.</param>
    /// <param name="line">The line of an n-gram that goes on from none, where it fails.</param>
    public bool TryHang(ArpaLevel shorter, out int[] starts, out int line)
    {
        starts = new int[shorter.Count + 1];
        int next = 0;
        for (int parent = 0; parent < shorter.Count; parent++)
        {
            starts[parent] = next;
            while (next < Count && _entries[next].Key.Prefix(length - 1) == shorter._entries[parent].Key)
            {
                next++;
            }
        }

        starts[^1] = next;
        line = next < Count ? _entries[next].Line : 0;
        return next == Count;
    }

    /// <summary>The last token of each n-gram.</summary>
    public ReadOnlyMemory<int> Words() => _entries.ConvertAll(entry => entry.Key[length - 1]).ToArray();

    /// <summary>The log10 probability of each n-gram.</summary>
    public ReadOnlyMemory<float> LogProbabilities() => _entries.ConvertAll(entry => entry.LogProbability).ToArray();

    /// <summary>The log10 backoff weight of each n-gram.</summary>
    public ReadOnlyMemory<float> Backoffs() => _entries.ConvertAll(entry => entry.Backoff).ToArray();

    private readonly record struct Entry(NGramKey Key, float LogProbability, float Backoff, int Line) : IComparable<Entry>
    {
        public int CompareTo(Entry other) => Key.CompareTo(other.Key);
    }
}
