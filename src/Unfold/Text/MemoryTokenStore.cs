namespace Unfold.Text;

/// <summary>Tokens in one array.</summary>
internal sealed class MemoryTokenStore(byte[] packed, int width, long start, long count) : TokenStore(count)
{
    public override bool IsInMemory => true;

    private protected override void ReadCore(long position, Span<int> destination) =>
        PackedTokens.Widen(packed.AsSpan((int)((start + position) * width), destination.Length * width), width, destination);

    private protected override TokenStore SliceCore(long first, long length) => new MemoryTokenStore(packed, width, start + first, length);
}
