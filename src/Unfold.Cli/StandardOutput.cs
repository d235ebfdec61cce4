using Microsoft.Win32.SafeHandles;

namespace Unfold.Cli;

/// <summary>The stream of stdout, on which a write fails when nobody reads any more.</summary>
internal static class StandardOutput
{
    private const int Descriptor = 1, BrokenPipeUnix = 32;

    /// <summary>Opens it.</summary>
    public static Stream Open()
    {
        // The console's own stream swallows what is written into a pipe without a reader: a long text would be made for nobody.
        // A file keeps the console's stream, which goes on where another program that writes into the same file has stopped.
        Stream? pipe = OperatingSystem.IsWindows() || !Console.IsOutputRedirected ? null : Pipe();
        return new NamedOutput(pipe ?? Console.OpenStandardOutput());
    }

    /// <summary>Whether a write has failed because the reader is gone, as head is when it has seen enough.</summary>
    public static bool IsReaderGone(Exception failure) => failure is IOException { HResult: BrokenPipeUnix } && !OperatingSystem.IsWindows();

    private static FileStream? Pipe()
    {
        try
        {
            var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return stream.CanSeek ? null : stream;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // It was closed before the start; the console's stream knows what to do then.
            return null;
        }
    }
}
