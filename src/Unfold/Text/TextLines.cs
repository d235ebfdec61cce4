using System.Text;

namespace Unfold.Text;

/// <summary>
/// Reads strict UTF-8 line by line, each line as soon as it is there: from a file, or from a pipe whose writer waits for the answer.
/// A byte order mark at the start is dropped; LF, CRLF and CR end a line, which has at most 2^24 UTF-16 code units.
/// </summary>
public static class TextLines
{
    /// <summary>The most code units of a line: without a limit one endless line, small as it may be while gzip holds it, would take all memory.</summary>
    internal const int LongestLine = 1 << 24;

    private const int BlockBytes = 1 << 12;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The lines of a file, which is opened at once, so that a missing one is known, and read on the way. Those of a pipe or device can be gone through once.</summary>
    /// <param name="path">A file, which gzip may have packed, or a pipe or device.</param>
    /// <param name="progress">Called after each line with the share that is read, in [0, 1], where the file's length is known.</param>
    /// <exception cref="UnfoldException">The file is missing, a folder, or cannot be read; a line is not UTF-8, holds a zero byte or is too long.</exception>
    public static IEnumerable<string> OfFile(string path, Action<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return OfFiles([path], progress);
    }

    /// <summary>The lines of several files one after the other. All are opened at once, so that a missing one is known before the first line; files other than pipes then once more, each at its turn.</summary>
    /// <param name="paths">Files, which gzip may have packed, or pipes or devices.</param>
    /// <param name="progress">Called after each line with the share of all files that is read, in [0, 1], where the length of its file is known.</param>
    /// <exception cref="UnfoldException">A file is missing, a folder, or cannot be read; a line is not UTF-8, holds a zero byte or is too long.</exception>
    public static IEnumerable<string> OfFiles(IReadOnlyList<string> paths, Action<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        UnpackedFile?[] pipes = Pipes(paths);
        return paths.Zip(pipes).SelectMany((file, place) => file.Second is { } pipe
            ? Read(pipe, file.First)
            : Watched(file.First, share => progress?.Invoke((place + share) / paths.Count)));
    }

    /// <summary>The lines of a stream, which can be gone through once: it is closed at the end.</summary>
    /// <param name="stream">Where the bytes come from.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="UnfoldException">It cannot be read; a line is not UTF-8, holds a zero byte or is too long.</exception>
    public static IEnumerable<string> Of(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        return Read(stream, name);
    }

    /// <summary>The open pipes among some files, all of which can be opened.</summary>
    private static UnpackedFile?[] Pipes(IReadOnlyList<string> paths)
    {
        var pipes = new UnpackedFile?[paths.Count];
        try
        {
            for (int place = 0; place < pipes.Length; place++)
            {
                pipes[place] = Pipe(paths[place]);
            }

            return pipes;
        }
        catch
        {
            Array.ForEach(pipes, pipe => pipe?.Dispose());
            throw;
        }
    }

    /// <summary>Opens a file, and closes it where it can be opened again.</summary>
    private static UnpackedFile? Pipe(string path)
    {
        UnpackedFile stream = TextFile.Open(path);
        if (!stream.IsRegular)
        {
            return stream;
        }

        stream.Dispose();
        return null;
    }

    private static IEnumerable<string> Watched(string path, Action<double> progress)
    {
        UnpackedFile stream = TextFile.Open(path);
        long length = stream.FileLength;
        foreach (string line in Read(stream, path))
        {
            progress(Math.Min(1, (double)stream.FileBytesRead / length));
            yield return line;
        }
    }

    private static IEnumerable<string> Read(Stream stream, string name)
    {
        using Stream closed = stream;
        bool isUnpacked = stream is UnpackedFile { IsRegular: true };
        Decoder decoder = Strict.GetDecoder();
        byte[] bytes = new byte[BlockBytes];
        char[] block = new char[Strict.GetMaxCharCount(BlockBytes)];
        var line = new StringBuilder();
        long number = 1;
        bool afterReturn = false;
        while (Next() is int count)
        {
            // The line feed of a CRLF, whose line came as soon as the return was there.
            int at = afterReturn && count > 0 && block[0] == '\n' ? 1 : 0;
            while (at < count)
            {
                int length = block.AsSpan(at, count - at).IndexOfAny('\n', '\r');
                line.Append(block, at, length < 0 ? count - at : length);
                if (line.Length > LongestLine)
                {
                    throw new UnfoldException(FormattableString.Invariant($"The text {name} has a line that is too long: line {number} has more than {LongestLine:N0} characters; break it into lines."));
                }

                if (length < 0)
                {
                    break;
                }

                yield return Finished(line, name, number++);
                at += length + 1;
                if (at < count && block[at - 1] == '\r' && block[at] == '\n')
                {
                    at++;
                }
            }

            afterReturn = count > 0 ? block[count - 1] == '\r' : afterReturn;
        }

        if (line.Length > 0)
        {
            yield return Finished(line, name, number);
        }

        // The code units of what is there, which may end inside a character; null at the end.
        int? Next()
        {
            try
            {
                int read = stream.Read(bytes);
                int units = decoder.GetChars(bytes, 0, read, block, 0, flush: read == 0);
                return read == 0 ? null : units;
            }
            catch (DecoderFallbackException failure) when (!isUnpacked && number == 1 && failure is { Index: 1, BytesUnknown: [0x8B] })
            {
                // The second byte of what gzip packed.
                throw new UnfoldException($"The text {name} is not UTF-8, but begins like what gzip packed: that is unpacked where a file is named, so name it, or unpack it on the way.", failure);
            }
            catch (DecoderFallbackException failure) when (number == 1 && line.Length == 0 && bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            {
                throw new UnfoldException($"The text {name} is not UTF-8: it begins with a UTF-16 byte order mark; convert it to UTF-8.", failure);
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

    private static string Finished(StringBuilder line, string name, long number)
    {
        string text = line.ToString();
        line.Clear();
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new UnfoldException($"The text {name} is binary: a zero byte stands in line {number}, but UTF-8 text was wanted.");
        }

        return number == 1 ? text.TrimStart('\uFEFF') : text;
    }
}
