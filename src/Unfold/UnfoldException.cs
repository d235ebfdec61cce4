namespace Unfold;

/// <summary>
/// A failure that the user can mend: the message is one sentence that names the thing, what was wanted and what was found. A control character in it, which a damaged
/// or hostile file may have brought and a terminal would obey, is replaced by a question mark.
/// </summary>
public class UnfoldException : Exception
{
    /// <summary>Creates the exception without a message of its own; prefer the form that says what went wrong.</summary>
    public UnfoldException()
    {
    }

    /// <summary>Creates the exception from one sentence for the reader.</summary>
    public UnfoldException(string message)
        : base(Printable(message))
    {
    }

    /// <summary>Creates the exception from one sentence for the reader and the failure underneath.</summary>
    public UnfoldException(string message, Exception inner)
        : base(Printable(message), inner)
    {
    }

    /// <summary>The same failure as the end of a longer sentence: its first letter becomes small, unless it begins an abbreviation.</summary>
    /// <param name="beginning">What stands before it, such as "Line 3: ".</param>
    public UnfoldException After(string beginning) =>
        new(Message is [_, < 'A' or > 'Z', ..] ? $"{beginning}{char.ToLowerInvariant(Message[0])}{Message[1..]}" : beginning + Message, this);

    private static string Printable(string message) =>
        message.Any(char.IsControl) ? string.Concat(message.Select(letter => char.IsControl(letter) ? '?' : letter)) : message;
}
