namespace Unfold.Text;

/// <summary>Receives the next piece of a text; the span is valid only during the call.</summary>
public delegate void TextSink(ReadOnlySpan<char> piece);
