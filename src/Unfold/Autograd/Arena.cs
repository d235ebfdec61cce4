using Unfold.Numerics;

namespace Unfold.Autograd;

/// <summary>
/// Scratch memory that is handed out in order and taken back all at once. A step that needs no more than the last one
/// allocates nothing.
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

    /// <summary>Takes all memory back.</summary>
    public void Reset()
    {
        _chunk = 0;
        _used = 0;
    }
}
