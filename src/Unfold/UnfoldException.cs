namespace Unfold;

/// <summary>A failure that the user can mend: the message is one sentence that names the thing, what was wanted and what was found.</summary>
public sealed class UnfoldException : Exception
{
    /// <summary>Creates the failure without a sentence.</summary>
    public UnfoldException()
    {
    }

    /// <summary>Creates the failure with its sentence.</summary>
    public UnfoldException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the failure with its sentence and the failure underneath.</summary>
    public UnfoldException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
