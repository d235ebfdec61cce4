namespace Unfold.Cli;

/// <summary>A command line that cannot be meant: the message is one sentence, the exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
