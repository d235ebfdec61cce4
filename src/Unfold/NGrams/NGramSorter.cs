using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Unfold.Text;

namespace Unfold.NGrams;

/// <summary>
/// Adds up the counts of equal n-grams and hands them out sorted, in bounded memory: where the buffer is full of different n-grams,
/// they go sorted to a temporary file, and all such runs are merged at the end.
/// </summary>
/// <param name="memoryLimit">Bytes of the buffer; it holds at least two entries.</param>
/// <param name="temporaryFolder">Where the <see cref="NamelessFile"/> lies; the system's temporary folder by default.</param>
internal sealed class NGramSorter(long memoryLimit, string? temporaryFolder = null)
{
    private const int FirstCapacity = 1 << 12, ShortestBlock = 1 << 4, LongestBlock = 1 << 12;

    private readonly int _capacity = (int)Math.Clamp(memoryLimit / CountedNGram.Bytes, 2, int.MaxValue / CountedNGram.Bytes);
    private readonly List<(long First, long Count)> _runs = [];
    private CountedNGram[] _buffer = new CountedNGram[FirstCapacity];
    private SafeFileHandle? _file;
    private int _length;

    /// <summary>How many runs lie in the temporary file.</summary>
    public int RunsOnDisk => _runs.Count;

    /// <summary>Counts an n-gram.</summary>
    public void Add(in NGramKey key, long count)
    {
        if (_length >= Math.Min(_buffer.Length, _capacity))
        {
            MakeRoom();
        }

        _buffer[_length++] = new CountedNGram(key, count);
    }

    /// <summary>All n-grams in ascending order, each once. Call it once; nothing can be added any more.</summary>
    public IEnumerable<CountedNGram> Sorted()
    {
        Combine();
        if (_file is null)
        {
            for (int i = 0; i < _length; i++)
            {
                yield return _buffer[i];
            }

            _buffer = [];
            yield break;
        }

        Spill();
        _buffer = [];
        using SafeFileHandle file = _file;
        var runs = new PriorityQueue<SortedRun, CountedNGram>(_runs.Count);

        // The blocks of all runs together take no more than the buffer did, unless that was so small that a block would hold next to nothing.
        int block = Math.Clamp(_capacity / _runs.Count, ShortestBlock, LongestBlock);
        foreach ((long first, long count) in _runs)
        {
            var run = new SortedRun(file, first, count, block);
            if (run.Next(out CountedNGram entry))
            {
                runs.Enqueue(run, entry);
            }
        }

        while (runs.TryPeek(out SortedRun? run, out CountedNGram least))
        {
            long sum = 0;
            do
            {
                runs.TryPeek(out run, out CountedNGram equal);
                sum += equal.Count;
                if (run!.Next(out CountedNGram following))
                {
                    runs.DequeueEnqueue(run, following);
                }
                else
                {
                    runs.Dequeue();
                }
            }
            while (runs.TryPeek(out _, out CountedNGram head) && head.Key == least.Key);

            yield return least with { Count = sum };
        }
    }

    private void MakeRoom()
    {
        Combine();
        if (_length <= Math.Min(_buffer.Length, _capacity) / 2)
        {
            return;
        }

        if (_buffer.Length < _capacity)
        {
            Array.Resize(ref _buffer, (int)Math.Min(_capacity, 2L * _buffer.Length));
        }
        else
        {
            Spill();
        }
    }

    /// <summary>Sorts the buffer and adds up equal n-grams.</summary>
    private void Combine()
    {
        Span<CountedNGram> entries = _buffer.AsSpan(0, _length);
        entries.Sort();
        int kept = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            if (kept > 0 && entries[kept - 1].Key == entries[i].Key)
            {
                entries[kept - 1] = entries[kept - 1] with { Count = entries[kept - 1].Count + entries[i].Count };
            }
            else
            {
                entries[kept++] = entries[i];
            }
        }

        _length = kept;
    }

    private void Spill()
    {
        string folder = temporaryFolder ?? Path.GetTempPath();
        try
        {
            _file ??= NamelessFile.Create(folder, "ngrams");
            long first = _runs is [.., var last] ? last.First + last.Count : 0;
            RandomAccess.Write(_file, MemoryMarshal.AsBytes(_buffer.AsSpan(0, _length)), first * CountedNGram.Bytes);
            _runs.Add((first, _length));
            _length = 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnfoldException($"Counting n-grams wants temporary space in {folder}, but the file could not be written there: {failure.Message}", failure);
        }
    }
}
