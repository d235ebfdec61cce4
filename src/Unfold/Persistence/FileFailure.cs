namespace Unfold.Persistence;

/// <summary>Turns what the operating system says about a file into half a sentence for the reader.</summary>
public static class FileFailure
{
    private const int NoSpaceUnix = 28;
    private const int IsFolderUnix = 21;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int ReadOnlyUnix = 30;
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullWindows = unchecked((int)0x80070027);

    /// <summary>True for the failures that a file or folder can cause and a user can mend.</summary>
    public static bool IsFileFailure(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or System.Security.SecurityException;

    /// <summary>The reason, without a full stop.</summary>
    /// <param name="exception">What the operating system said.</param>
    /// <param name="path">The file or folder that was wanted.</param>
    public static string Reason(Exception exception, string path)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception switch
        {
            FileNotFoundException => "there is no such file",
            DirectoryNotFoundException => "there is no such folder",
            PathTooLongException => "the path is too long",
            _ when exception.HResult is NoSpaceUnix or DiskFullWindows or HandleDiskFullWindows => "the disk is full",
            _ when exception.HResult is IsFolderUnix => "a folder of that name stands there",
            _ when exception.HResult is QuotaLinux or QuotaMac => "the disk quota is used up",
            _ when exception.HResult is ReadOnlyUnix => "the folder lies on a read-only disk",
            UnauthorizedAccessException { InnerException: IOException { HResult: ReadOnlyUnix } } => "the folder lies on a read-only disk",

            // Opening a folder as a file is denied in the same words as opening a file of somebody else's.
            UnauthorizedAccessException => Directory.Exists(path) ? "a folder of that name stands there" : "permission is denied",
            _ => exception.Message.TrimEnd('.', ' '),
        };
    }
}
