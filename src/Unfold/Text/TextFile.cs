namespace Unfold.Text;

/// <summary>Opens a text, or says in one sentence why it cannot be opened.</summary>
internal static class TextFile
{
    /// <summary>Opens a file, pipe or device for reading from its beginning to its end; a file that gzip packed is unpacked on the way.</summary>
    /// <exception cref="UnfoldException">It is missing, is a folder, or cannot be opened.</exception>
    public static UnpackedFile Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UnfoldException($"The text {path} is a folder, but a file was wanted.");
        }

        RequireAccess(path);
        if (!File.Exists(path))
        {
            throw new UnfoldException($"The text {path} does not exist, but a UTF-8 file was wanted.");
        }

        try
        {
            return new UnpackedFile(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan));
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new UnfoldException($"The text {path} could not be opened: permission is denied.", failure);
        }
        catch (IOException failure)
        {
            throw new UnfoldException($"The text {path} could not be opened: {failure.Message}", failure);
        }
    }

    /// <summary>Throws where it may not even be asked whether the file is there: that is not the same as its absence.</summary>
    private static void RequireAccess(string path)
    {
        try
        {
            File.GetAttributes(path);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new UnfoldException($"The text {path} could not be opened: permission to look into its folder is denied.", failure);
        }
        catch (IOException)
        {
            // It is absent, which the caller says in its own words.
        }
    }
}
