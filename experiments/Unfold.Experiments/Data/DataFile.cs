using System.Text;

namespace Unfold.Experiments.Data;

/// <summary>One line of a data file with all that a message about it needs.</summary>
/// <param name="Path">The file.</param>
/// <param name="Number">Counts from 1.</param>
/// <param name="Text">The line without its end.</param>
internal readonly record struct DataLine(string Path, int Number, string Text)
{
    /// <summary>What is said about a damaged line.</summary>
    /// <param name="problem">The rest of the sentence: what was wanted and what was found, without a full stop.</param>
    public UnfoldException Damaged(string problem) => new($"{Path}, line {Number}: {problem}.");

    /// <summary>The beginning of the line, as a message shows it.</summary>
    public string Shown => Excerpt(Text);

    /// <summary>The beginning of a text, as a message shows it.</summary>
    public static string Excerpt(string text) => text.Length == 0 ? "nothing" : $"'{(text.Length <= 60 ? text : text[..60] + "\u2026")}'";
}

/// <summary>Reads data files whole: the largest of them has a few megabytes.</summary>
internal static class DataFile
{
    /// <summary>More than any file here has by far; a larger one is something else.</summary>
    public const long MostBytes = 256L << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="UnfoldException">It cannot be read, or has more than <see cref="MostBytes"/>.</exception>
    public static byte[] Bytes(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            return length <= MostBytes
                ? File.ReadAllBytes(path)
                : throw new UnfoldException($"{path} has {length} bytes, but at most {MostBytes} were wanted: it is not the file that is meant.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnfoldException($"{path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>The lines of a UTF-8 file without their ends (LF or CR LF) and without a byte order mark.</summary>
    /// <exception cref="UnfoldException">The file cannot be read, or a line is not UTF-8.</exception>
    public static IEnumerable<DataLine> Utf8Lines(string path) => Lines(path, StrictUtf8);

    /// <summary>The lines of a Latin-1 file without their ends (LF or CR LF); each byte is a character.</summary>
    /// <exception cref="UnfoldException">The file cannot be read.</exception>
    public static IEnumerable<DataLine> Latin1Lines(string path) => Lines(path, Encoding.Latin1);

    private static IEnumerable<DataLine> Lines(string path, Encoding encoding)
    {
        byte[] bytes = Bytes(path);
        int start = bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        for (int number = 1; start < bytes.Length; number++)
        {
            int length = bytes.AsSpan(start).IndexOf((byte)'\n');
            int end = length < 0 ? bytes.Length : start + length;
            yield return new DataLine(path, number, Decode(path, number, bytes.AsSpan(start, end - start), encoding));
            start = end + 1;
        }
    }

    private static string Decode(string path, int number, ReadOnlySpan<byte> line, Encoding encoding)
    {
        try
        {
            return encoding.GetString(line is [.. var before, (byte)'\r'] ? before : line);
        }
        catch (DecoderFallbackException wrong)
        {
            throw new UnfoldException($"{path}, line {number}: a line of UTF-8 was wanted, but the byte at {wrong.Index} does not fit.", wrong);
        }
    }
}
