namespace Unfold.Text;

/// <summary>What reading a text to its end has shown.</summary>
/// <param name="Characters">The number of Unicode scalar values, byte order marks not counted.</param>
/// <param name="Fingerprint">64 hexadecimal digits (SHA-256 over the text's UTF-16 code units): equal texts have equal ones, however stored.</param>
public readonly record struct TextSummary(long Characters, string Fingerprint);
