using Unfold.Numerics;

namespace Unfold.Autograd;

/// <summary>
/// Scratch memory that is handed out in order and taken back all at once. A step that needs no more than the largest one
/// before it allocates nothing, and no more than about twice of what that one needed is held.
/// </summary>
internal sealed class Arena
{
    private const int ChunkLength = 1 << 18;
    private const int Alignment = 16;

    private readonly List<Memory<float>> _chunks = [];
    private int _chunk;
    private int _used;
    private long _handedOut;
    private long _largest;

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
        _handedOut += rounded;
        return _chunks[_chunk].Slice(offset, length);
    }

    /// <summary>The number of values that fit into all chunks.</summary>
    public long Held => _chunks.Sum(chunk => (long)chunk.Length);

    /// <summary>Takes all memory back.</summary>
    public void Reset()
    {
        // Chunks that are too small for a longer step are skipped, and each longer step would add others for ever: where more
        // is held than twice what any step has needed, one chunk takes their place.
        _largest = Math.Max(_largest, _handedOut);
        long whole = (_largest + ChunkLength - 1) / ChunkLength * ChunkLength;
        if (_chunks.Count > 1 && Held > 2 * whole && whole <= Array.MaxLength)
        {
            _chunks.Clear();
            _chunks.Add(PinnedMemory.Allocate((int)whole, Initial.Undefined));
        }

        _chunk = 0;
        _used = 0;
        _handedOut = 0;
    }
}
