using System.IO.Compression;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>Reads and writes n-gram models: ARPA text (.arpa), which other tools read and write too, and a compact binary form (.bin), which is used where it lies. Where one is read its content tells the form; ARPA text may be packed by gzip (.arpa.gz).</summary>
public static class NGramFile
{
    private const string ArpaExtension = ".arpa", PackedExtension = ".arpa.gz", BinaryExtension = ".bin";

    /// <summary>Whether a path means a file of n-grams, not the folder of a model: a file stands there, or nothing does and its name ends in .arpa, .arpa.gz or .bin.</summary>
    public static bool IsMeant(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return File.Exists(path) || (!Directory.Exists(path) && HasName(path));
    }

    /// <summary>Reads a model from a file of either form, which its content tells.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="UnfoldException">The file is missing, unreadable, damaged, foreign or newer than this version understands.</exception>
    public static NGramModel Read(string path, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan))
            {
                byte[] head = new byte[NGramBinary.Magic.Length];
                int read = stream.CanSeek ? stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) : 0;

                // Some devices can be asked for a place in them; but what has no length and still something to read is no file.
                if (!stream.CanSeek || stream.Length < read)
                {
                    throw new UnfoldException($"The n-gram model {path} is a pipe or device, but a regular file was wanted: save it to a file first.");
                }

                if (!head.AsSpan(0, read).SequenceEqual(NGramBinary.Magic))
                {
                    stream.Position = 0;
                    using var text = new UnpackedFile(stream);
                    return ArpaReader.Read(text, path, progress, cancellation);
                }
            }

            return OpenMapped(path, progress, cancellation);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure) || failure is NotSupportedException)
        {
            throw new UnfoldException($"The n-gram model {path} cannot be read: {FileFailure.Reason(failure, path)}.", failure);
        }
    }

    private static NGramModel OpenMapped(string path, Action<double>? progress, CancellationToken cancellation)
    {
        var file = new MappedFile(path);
        try
        {
            return NGramBinary.Open(file, path, progress, cancellation);
        }
        catch
        {
            // Windows lets nobody write a file that is mapped, so a refused one is let go of at once.
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes a model, whole or not at all, in the form that the path's ending tells: .arpa, .arpa.gz or .bin. The same model gives the same bytes: gzip's header has no time in it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <exception cref="UnfoldException">The ending is another one, the file cannot be written, or ARPA cannot say how the model cuts a text; what stood there before is unchanged.</exception>
    public static void Write(string path, NGramModel model, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        RequireHolds(path, model);
        AtomicFile.Write(path, stream => WriteTo(stream, path, model, progress, cancellation));
    }

    /// <summary>Writes a model as <see cref="Write"/> does, but to a file that must not exist: what another process has put there meanwhile is not replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <exception cref="UnfoldException">A file stands there, before or when the new one is written, which is unchanged; or one of the failures of <see cref="Write"/>.</exception>
    public static void Create(string path, NGramModel model, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        RequireHolds(path, model);
        AtomicFile.Create(path, stream => WriteTo(stream, path, model, progress, cancellation));
    }

    private static void RequireHolds(string path, NGramModel model)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        RequireHolds(path, model.Vocabulary.Tokenization);
    }

    private static void WriteTo(Stream stream, string path, NGramModel model, Action<double>? progress, CancellationToken cancellation)
    {
        if (Has(path, BinaryExtension))
        {
            NGramBinary.Write(model, stream, progress, cancellation);
            return;
        }

        using GZipStream? packed = Has(path, PackedExtension) ? new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true) : null;
        ArpaWriter.Write(model, packed ?? stream, progress, cancellation);
    }

    /// <summary>Throws where a path does not end as a file of an n-gram model that is written does: .arpa, .arpa.gz or .bin.</summary>
    /// <exception cref="UnfoldException">It ends in something else.</exception>
    public static void RequireName(string path)
    {
        if (!HasName(path))
        {
            throw new UnfoldException($"The file {path} would hold an n-gram model, but its name ends neither in {ArpaExtension} or {PackedExtension}, for text, nor in {BinaryExtension}, for the compact form: choose one of them.");
        }
    }

    /// <summary>Throws where a path does not end as a file of an n-gram model that is written does, or its form cannot say how a text was cut.</summary>
    /// <exception cref="UnfoldException">It ends in something else, or in .arpa or .arpa.gz and the text is cut into subwords or by a user's words.</exception>
    public static void RequireHolds(string path, Tokenization tokenization)
    {
        ArgumentNullException.ThrowIfNull(tokenization);
        RequireName(path);
        if (!Has(path, BinaryExtension) && !ArpaTokenization.CanTell(tokenization))
        {
            string table = tokenization.Kind == TokenKind.BytePair ? "table of subwords" : "dictionary";
            throw new UnfoldException($"The file {path} would be ARPA text, which has no place for the {table} with which the text is cut: choose a name that ends in {BinaryExtension}.");
        }
    }

    private static bool HasName(string path) => Has(path, ArpaExtension) || Has(path, PackedExtension) || Has(path, BinaryExtension);

    private static bool Has(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
