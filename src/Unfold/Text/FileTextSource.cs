using System.Buffers;
using System.Text.Unicode;

namespace Unfold.Text;

/// <summary>A text in one or more strict UTF-8 files, which gzip may have packed, read in blocks.</summary>
internal sealed class FileTextSource : TextSource
{
    private const int BlockBytes = 1 << 18;
    private readonly string[] _paths;

    public FileTextSource(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count == 0)
        {
            throw new ArgumentException("At least one file was wanted.", nameof(paths));
        }

        _paths = [.. paths];
        foreach (string path in _paths)
        {
            using UnpackedFile stream = Open(path);
            Bytes += stream.FileLength;
        }
    }

    public override string Name => string.Join(", ", _paths);

    public override long Bytes { get; }

    private protected override string PlaceOf(long line) => _paths.Length == 1 ? base.PlaceOf(line) : FormattableString.Invariant($"Line {line} of the files {Name}, counted through all of them");

    private protected override void ReadPieces(TextSink sink, Action<long>? bytesRead)
    {
        byte[] bytes = new byte[BlockBytes];
        char[] characters = new char[BlockBytes];
        char last = '\n';
        long before = 0;
        foreach (string path in _paths)
        {
            if (last != '\n')
            {
                sink("\n");
            }

            before += ReadFile(path, bytes, characters, sink, ref last, bytesRead, before);
        }
    }

    private static long ReadFile(string path, byte[] bytes, char[] characters, TextSink sink, ref char last, Action<long>? bytesRead, long before)
    {
        using UnpackedFile stream = Open(path);
        long decoded = 0; // the offset of bytes[0] in the text
        int held = 0;
        bool isFirst = true;
        while (true)
        {
            int read = ReadBlock(stream, bytes.AsSpan(held), path);
            ReadOnlySpan<byte> block = bytes.AsSpan(0, held + read);
            if (isFirst)
            {
                RefuseUtf16(block, path);
                if (block.StartsWith("\uFEFF"u8))
                {
                    block = block[3..];
                    decoded = 3;
                }

                isFirst = false;
            }

            int nul = block.IndexOf((byte)0);
            if (nul >= 0)
            {
                throw new UnfoldException($"The text {path} is binary: a zero byte stands at byte {decoded + nul}, but UTF-8 text was wanted.");
            }

            OperationStatus status = Utf8.ToUtf16(block, characters, out int used, out int written, replaceInvalidSequences: false, isFinalBlock: read == 0);
            if (status == OperationStatus.InvalidData)
            {
                throw new UnfoldException($"The text {path} is not UTF-8: byte {decoded + used} (0x{block[used]:X2}) begins no valid character; convert the file to UTF-8.");
            }

            if (written > 0)
            {
                sink(characters.AsSpan(0, written));
                last = characters[written - 1];
            }

            decoded += used;
            block[used..].CopyTo(bytes);
            held = block.Length - used;
            bytesRead?.Invoke(before + stream.FileBytesRead);
            if (read == 0)
            {
                return stream.FileBytesRead;
            }
        }
    }

    private static void RefuseUtf16(ReadOnlySpan<byte> block, string path)
    {
        if (block.Length >= 2 && ((block[0] == 0xFF && block[1] == 0xFE) || (block[0] == 0xFE && block[1] == 0xFF)))
        {
            throw new UnfoldException($"The text {path} is not UTF-8: byte 0 begins a UTF-16 byte order mark; convert the file to UTF-8.");
        }
    }

    private static int ReadBlock(UnpackedFile stream, Span<byte> destination, string path)
    {
        try
        {
            // A byte order mark may come in parts.
            return stream.ReadAtLeast(destination, 3, throwOnEndOfStream: false);
        }
        catch (IOException failure)
        {
            throw new UnfoldException($"The text {path} could not be read: {failure.Message}", failure);
        }
    }

    private static UnpackedFile Open(string path)
    {
        UnpackedFile stream = TextFile.Open(path);
        if (!stream.IsRegular)
        {
            stream.Dispose();
            throw new UnfoldException($"The text {path} is a pipe or device, but a regular file was wanted: save it to a file first.");
        }

        return stream;
    }
}
