namespace Unfold.Text;

/// <summary>Receives one token; the span is valid only during the call.</summary>
public delegate void TokenSink(ReadOnlySpan<char> token);
