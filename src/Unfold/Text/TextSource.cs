using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Unfold.Text;

/// <summary>A text that can be read from its beginning as often as wanted, in pieces, in bounded memory.</summary>
public abstract class TextSource
{
    /// <summary>Names the text in messages: its file names, or what the caller called it.</summary>
    public abstract string Name { get; }

    /// <summary>How many bytes <see cref="Read"/> reports as read at the end.</summary>
    public abstract long Bytes { get; }

    /// <summary>A text in one or more UTF-8 files, which gzip may have packed, read one after the other as one text; a line feed is put between files where the earlier has none at its end.</summary>
    /// <exception cref="UnfoldException">A file is missing, is a folder, or cannot be opened.</exception>
    /// <exception cref="ArgumentException">No file is named.</exception>
    public static TextSource FromFiles(params IReadOnlyList<string> paths) => new FileTextSource(paths);

    /// <summary>A text in memory.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What stands for a file name in messages, after "the text".</param>
    public static TextSource FromString(string text, string name = "in memory") => new StringTextSource(text, name);

    /// <summary>
    /// Reads the whole text, hands it over in pieces and returns its fingerprint: 64 hexadecimal digits (SHA-256 over its UTF-16 code units), equal for equal texts, however they
    /// are stored.
    /// </summary>
    /// <param name="sink">Receives the pieces in order; a piece may end inside a word or a surrogate pair.</param>
    /// <param name="bytesRead">Called after each piece with the bytes read so far.</param>
    /// <param name="cancellation">Stops between pieces.</param>
    /// <exception cref="UnfoldException">The text is empty, binary, not UTF-8 or unreadable.</exception>
    public string Read(TextSink sink, Action<long>? bytesRead = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sink);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        bool empty = true;
        ReadPieces(
            piece =>
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(MemoryMarshal.AsBytes(piece));
                empty = false;
                sink(piece);
            },
            bytesRead);
        if (empty)
        {
            throw new UnfoldException($"The text {Name} is empty, but at least a few characters were wanted.");
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Reads the whole text as <see cref="Read"/> does, cuts it into tokens and returns its fingerprint.</summary>
    /// <param name="tokenizer">How to cut it.</param>
    /// <param name="sink">Receives the tokens in order.</param>
    /// <param name="bytesRead">Called after each piece with the bytes read so far.</param>
    /// <param name="cancellation">Stops between pieces.</param>
    /// <exception cref="UnfoldException">The text is empty, binary, not UTF-8 or unreadable, or holds a mark that is no word.</exception>
    internal string Cut(Tokenizer tokenizer, TokenSink sink, Action<long>? bytesRead, CancellationToken cancellation)
    {
        try
        {
            string fingerprint = Read(piece => tokenizer.Push(piece, sink), bytesRead, cancellation);
            tokenizer.Flush(sink);
            return fingerprint;
        }
        catch (ReservedTokenException failure)
        {
            throw failure.At(PlaceOf(tokenizer.Line));
        }
    }

    /// <summary>What messages call a line.</summary>
    private protected virtual string PlaceOf(long line) => FormattableString.Invariant($"Line {line} of the text {Name}");

    /// <summary>Hands over the text in pieces.</summary>
    private protected abstract void ReadPieces(TextSink sink, Action<long>? bytesRead);
}
