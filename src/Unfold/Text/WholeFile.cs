namespace Unfold.Text;

/// <summary>Reads a file in one piece, in no more memory than it may take.</summary>
internal static class WholeFile
{
    /// <summary>The bytes of a file; of a device that says to have none, none, even where they would never end.</summary>
    /// <param name="path">A regular file.</param>
    /// <param name="most">The most bytes that are read.</param>
    /// <exception cref="IOException">It is a pipe, has more bytes, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] Read(string path, long most)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (!stream.CanSeek)
        {
            throw new IOException("it is a pipe or device, but a regular file was wanted.");
        }

        if (stream.Length > most)
        {
            throw new IOException($"it has {stream.Length} bytes, but at most {most} are read.");
        }

        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
