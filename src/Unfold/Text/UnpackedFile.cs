namespace Unfold.Text;

/// <summary>A file that is read from its beginning to its end; one that gzip packed is unpacked on the way, and its lengths are those of the packed file.</summary>
internal sealed class UnpackedFile : ForwardStream
{
    private readonly FileStream _file;
    private readonly Stream _content;

    /// <summary>Takes an open file that stands at its beginning, and closes it at the end.</summary>
    /// <exception cref="IOException">Its first bytes cannot be read.</exception>
    public UnpackedFile(FileStream file)
    {
        _file = file;
        try
        {
            _content = IsPacked(file) ? new GzipContent(file) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether it can be read again, and its length is known; a pipe or device cannot.</summary>
    public bool IsRegular => _file.CanSeek;

    /// <summary>The bytes of the file.</summary>
    public long FileLength => _file.Length;

    /// <summary>The bytes of the file that are read.</summary>
    public long FileBytesRead => _file.Position;

    public override int Read(Span<byte> buffer) => _content.Read(buffer);

    protected override void Dispose(bool disposing)
    {
        _content.Dispose();
        _file.Dispose();
        base.Dispose(disposing);
    }

    private static bool IsPacked(FileStream file)
    {
        if (!file.CanSeek)
        {
            return false;
        }

        Span<byte> head = stackalloc byte[2];
        int read = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return GzipContent.Begins(head[..read]);
    }
}
