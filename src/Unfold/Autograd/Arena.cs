using Unfold.Numerics;

namespace Unfold.Autograd;

/// <summary>
/// Scratch memory that is handed out in order and taken back all at once. A step that needs no more than the largest one
/// before it allocates nothing, and no more is held than the largest step needs, rounded up.
/// </summary>
internal sealed class Arena
{
    private const int ChunkLength = 1 << 18;
    private const int Alignment = 16;

    private readonly List<Memory<float>> _chunks = [];
    private int _chunk;
    private int _used;

    public Memory<float> Allocate(int length)
    {
        int rounded = checked(length + Alignment - 1) / Alignment * Alignment;
        while (_chunk < _chunks.Count && _chunks[_chunk].Length - _used < rounded)
        {
            _chunk++;
            _used = 0;
        }

        if (_chunk == _chunks.Count)
        {
            _chunks.Add(PinnedMemory.Allocate(Math.Max(rounded, ChunkLength), Initial.Undefined));
            _used = 0;
        }

        int offset = _used;
        _used += rounded;
        return _chunks[_chunk].Slice(offset, length);
    }

    /// <summary>The number of values that fit into all chunks.</summary>
    public long Held => _chunks.Sum(chunk => (long)chunk.Length);

    /// <summary>Takes all memory back. Several chunks become one that is large enough for the whole step.</summary>
    public void Reset()
    {
        // Chunks that a longer step left too small would be skipped ever after, and each longer step would add another.
        if (_chunks.Count > 1)
        {
            long total = (Held + ChunkLength - 1) / ChunkLength * ChunkLength;
            if (total <= Array.MaxLength)
            {
                _chunks.Clear();
                _chunks.Add(PinnedMemory.Allocate((int)total, Initial.Undefined));
            }
        }

        _chunk = 0;
        _used = 0;
    }
}
