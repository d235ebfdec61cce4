using System.Text;

namespace Unfold.Text;

/// <summary>
/// Reads strict UTF-8 line by line, each line as soon as it is there: from a file, or from a pipe whose writer waits for the answer.
/// A byte order mark at the start is dropped; LF, CRLF and CR end a line.
/// </summary>
public static class TextLines
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The lines of a file, which is opened at once and read on the way.</summary>
    /// <param name="path">A file, which gzip may have packed, or a pipe or device.</param>
    /// <param name="progress">Called after each line with the share that is read, in [0, 1], where the file's length is known.</param>
    /// <exception cref="UnfoldException">The file is missing, a folder, or cannot be read; a line is not UTF-8 or holds a zero byte.</exception>
    public static IEnumerable<string> OfFile(string path, Action<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        UnpackedFile stream = TextFile.Open(path);
        return stream.IsRegular && progress is not null ? Watched(stream, path, progress) : Of(stream, path);
    }

    /// <summary>The lines of a stream, which is closed at the end.</summary>
    /// <param name="stream">Where the bytes come from.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="UnfoldException">It cannot be read; a line is not UTF-8 or holds a zero byte.</exception>
    public static IEnumerable<string> Of(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        return Read(stream, name);
    }

    private static IEnumerable<string> Watched(UnpackedFile stream, string name, Action<double> progress)
    {
        long length = stream.FileLength;
        foreach (string line in Read(stream, name))
        {
            progress(Math.Min(1, (double)stream.FileBytesRead / length));
            yield return line;
        }
    }

    private static IEnumerable<string> Read(Stream stream, string name)
    {
        using var reader = new StreamReader(stream, Strict, detectEncodingFromByteOrderMarks: false);
        bool isUnpacked = stream is UnpackedFile { IsRegular: true };
        for (long number = 1; Next(reader, name, number, isUnpacked) is { } line; number++)
        {
            if (line.Contains('\0', StringComparison.Ordinal))
            {
                throw new UnfoldException($"The text {name} is binary: a zero byte stands in line {number}, but UTF-8 text was wanted.");
            }

            yield return number == 1 ? line.TrimStart('\uFEFF') : line;
        }
    }

    private static string? Next(StreamReader reader, string name, long number, bool isUnpacked)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException failure) when (!isUnpacked && number == 1 && failure is { Index: 1, BytesUnknown: [0x8B] })
        {
            // The second byte of what gzip packed.
            throw new UnfoldException($"The text {name} is not UTF-8, but begins like what gzip packed: that is unpacked where a file is named, so name it, or unpack it on the way.", failure);
        }
        catch (DecoderFallbackException failure)
        {
            // A block is decoded at once, so the bad byte may stand some lines further down.
            throw new UnfoldException($"The text {name} is not UTF-8: in line {number} or soon after it bytes stand that are no characters; convert the file to UTF-8.", failure);
        }
        catch (IOException failure)
        {
            throw new UnfoldException($"The text {name} could not be read: {failure.Message}", failure);
        }
    }
}
