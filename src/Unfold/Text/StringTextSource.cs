namespace Unfold.Text;

/// <summary>A text in memory.</summary>
internal sealed class StringTextSource : TextSource
{
    private const int PieceLength = 1 << 16;
    private readonly string _text;

    public StringTextSource(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(name);
        _text = text.StartsWith('\uFEFF') ? text[1..] : text;
        Name = name;
    }

    public override string Name { get; }

    public override long Bytes => _text.Length * (long)sizeof(char);

    private protected override void ReadPieces(TextSink sink, Action<long>? bytesRead)
    {
        for (int start = 0; start < _text.Length; start += PieceLength)
        {
            int length = Math.Min(PieceLength, _text.Length - start);
            sink(_text.AsSpan(start, length));
            bytesRead?.Invoke((start + length) * (long)sizeof(char));
        }
    }
}
