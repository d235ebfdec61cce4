namespace Unfold.Cli;

/// <summary>Standard output cannot be written to: the message is a sentence that names it.</summary>
internal sealed class OutputException(string message, Exception inner) : IOException(message, inner);
