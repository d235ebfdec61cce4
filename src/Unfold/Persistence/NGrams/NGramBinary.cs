using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>
/// The compact form of a model, which is used where it lies in the file. Little-endian: "UNFOLDNG", version, order, length of the file,
/// length of the vocabulary, SHA-256 of all but itself; for each order how many n-grams; vocabulary.json, filled up with spaces to a multiple of 8 bytes; for each order the
/// last tokens (from order 2 on), log10 probabilities, and below the highest order log10 backoff weights and where the children begin.
/// </summary>
internal static class NGramBinary
{
    private const int Version = 1;
    private const int VersionAt = 8, OrderAt = 12, LengthAt = 16, VocabularyAt = 24, HashAt = 32, HeaderBytes = 64;
    private const int HashChunk = 1 << 20, Alignment = sizeof(long);

    /// <summary>How such a file begins.</summary>
    public static ReadOnlySpan<byte> Magic => "UNFOLDNG"u8;

    /// <summary>Writes a model.</summary>
    public static void Write(NGramModel model, Stream destination, Action<double>? progress, CancellationToken cancellation)
    {
        RequireLittleEndian();
        using var vocabulary = new MemoryStream();
        model.Vocabulary.Write(vocabulary);
        while (vocabulary.Length % Alignment != 0)
        {
            // White space after JSON is still JSON.
            vocabulary.WriteByte((byte)' ');
        }

        int order = model.Order;
        long[] counts = [.. Enumerable.Range(1, order).Select(level => (long)model.Trie.Count(level))];
        byte[] header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(OrderAt), order);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(LengthAt), HeaderBytes + (order * sizeof(long)) + vocabulary.Length + ValueBytes(counts));
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(VocabularyAt), vocabulary.Length);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header.AsSpan(0, HashAt));
        long start = destination.Position;
        destination.Write(header);
        Write<long>(counts);
        Write<byte>(vocabulary.GetBuffer().AsSpan(0, (int)vocabulary.Length));
        for (int level = 1; level <= order; level++)
        {
            progress?.Invoke((level - 1.0) / order);
            if (level > 1)
            {
                Write(model.Trie.Words(level));
            }

            Write(model.LogProbabilities(level));
            if (level < order)
            {
                Write(model.Backoffs(level));
                Write(model.Trie.FirstChild(level));
            }
        }

        // The last numbers may be read from another mapped file, which nothing else holds.
        GC.KeepAlive(model);
        long end = destination.Position;
        destination.Position = start + HashAt;
        destination.Write(hash.GetHashAndReset());
        destination.Position = end;

        void Write<T>(ReadOnlySpan<T> values)
            where T : unmanaged
        {
            for (int done = 0; done < values.Length; done += HashChunk)
            {
                cancellation.ThrowIfCancellationRequested();
                ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values[done..Math.Min(values.Length, done + HashChunk)]);
                hash.AppendData(bytes);
                destination.Write(bytes);
            }
        }
    }

    /// <summary>Opens a model in its file.</summary>
    /// <exception cref="UnfoldException">The file is damaged or newer than this Unfold.</exception>
    public static NGramModel Open(MappedFile file, string path, Action<double>? progress, CancellationToken cancellation)
    {
        RequireLittleEndian();
        Require(file.Length >= HeaderBytes, path, $"it has {file.Length} bytes, but its header alone has {HeaderBytes}");
        ReadOnlySpan<byte> header = file.Values<byte>(0, HeaderBytes).Span;
        int version = BinaryPrimitives.ReadInt32LittleEndian(header[VersionAt..]);
        if (version != Version)
        {
            throw new UnfoldException($"The n-gram file {path} has format version {version}, but version {Version} was wanted: {(version > Version ? "it was written by a newer Unfold; update this one" : "it is damaged")}.");
        }

        int order = BinaryPrimitives.ReadInt32LittleEndian(header[OrderAt..]);
        long length = BinaryPrimitives.ReadInt64LittleEndian(header[LengthAt..]), vocabularyBytes = BinaryPrimitives.ReadInt64LittleEndian(header[VocabularyAt..]);
        Require(length == file.Length, path, $"it says that it has {length} bytes, but has {file.Length}");
        Require(order is >= 1 and <= NGramKey.MaximumOrder, path, $"it says that its order is {order}, but 1 to {NGramKey.MaximumOrder} is possible");
        long valuesAt = HeaderBytes + (order * sizeof(long)) + vocabularyBytes;
        Require(vocabularyBytes >= 0 && vocabularyBytes <= int.MaxValue && vocabularyBytes % Alignment == 0 && valuesAt <= length, path, $"it says that its vocabulary has {vocabularyBytes} bytes");
        Require(Hash(file, progress, cancellation).SequenceEqual(header[HashAt..HeaderBytes]), path, "its content does not have the checksum that it names");

        long[] counts = file.Values<long>(HeaderBytes, order).ToArray();
        Require(Array.TrueForAll(counts, count => count is >= 0 and < int.MaxValue) && valuesAt + ValueBytes(counts) == length, path, "its counts of n-grams do not fit its length");
        Vocabulary vocabulary = Vocabulary.Read(file.Values<byte>(valuesAt - vocabularyBytes, (int)vocabularyBytes), path);
        Require(vocabulary.Count == counts[0] && counts[0] <= NGramKey.MaximumVocabulary, path, $"it has {counts[0]} n-grams of one token for {vocabulary.Count} tokens");
        return Values(file, valuesAt, vocabulary, counts, path);
    }

    private static NGramModel Values(MappedFile file, long at, Vocabulary vocabulary, long[] counts, string path)
    {
        int order = counts.Length;
        var words = new ReadOnlyMemory<int>[order - 1];
        var firstChild = new ReadOnlyMemory<int>[order - 1];
        var logProbabilities = new ReadOnlyMemory<float>[order];
        var backoffs = new ReadOnlyMemory<float>[order - 1];
        for (int level = 1; level <= order; level++)
        {
            int count = (int)counts[level - 1];
            if (level > 1)
            {
                words[level - 2] = Next<int>(count);
            }

            logProbabilities[level - 1] = Next<float>(count);
            if (level < order)
            {
                backoffs[level - 1] = Next<float>(count);
                firstChild[level - 1] = Next<int>(count + 1);
            }
        }

        for (int level = 1; level <= order; level++)
        {
            Require(AreLogarithms(logProbabilities[level - 1].Span), path, $"a probability of {level} tokens is not between 0 and 1");
            Require(level == order || AreFinite(backoffs[level - 1].Span), path, $"a backoff weight of {level} tokens is not a finite number");
            Require(level == order || IsTree(firstChild[level - 1].Span, words[level - 1].Span, vocabulary.Count), path, $"its n-grams of {level + 1} tokens are not sorted below those of {level}");
        }

        return new NGramModel(vocabulary, new NGramTrie(vocabulary.Count, words, firstChild), logProbabilities, backoffs);

        ReadOnlyMemory<T> Next<T>(int count)
            where T : unmanaged
        {
            ReadOnlyMemory<T> values = file.Values<T>(at, count);
            at += count * (long)sizeof(int);
            return values;
        }
    }

    private static bool AreLogarithms(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!(value <= 0 && value >= NGramModel.Impossible))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the children of each node are tokens in ascending order, and all of them are somebody's.</summary>
    private static bool IsTree(ReadOnlySpan<int> firstChild, ReadOnlySpan<int> words, int vocabularySize)
    {
        if (firstChild[0] != 0 || firstChild[^1] != words.Length)
        {
            return false;
        }

        for (int node = 0; node + 1 < firstChild.Length; node++)
        {
            int last = -1;
            if (firstChild[node + 1] < firstChild[node] || firstChild[node + 1] > words.Length)
            {
                return false;
            }

            for (int child = firstChild[node]; child < firstChild[node + 1]; child++)
            {
                if (words[child] <= last || words[child] >= vocabularySize)
                {
                    return false;
                }

                last = words[child];
            }
        }

        return true;
    }

    private static byte[] Hash(MappedFile file, Action<double>? progress, CancellationToken cancellation)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(file.Values<byte>(0, HashAt).Span);
        for (long done = HeaderBytes; done < file.Length; done += HashChunk)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(file.Values<byte>(done, (int)Math.Min(HashChunk, file.Length - done)).Span);
            progress?.Invoke((double)done / file.Length);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>The bytes of all tables: four a value.</summary>
    private static long ValueBytes(long[] counts)
    {
        long values = 0;
        for (int level = 1; level <= counts.Length; level++)
        {
            long count = counts[level - 1];
            values += (level > 1 ? count : 0) + count + (level < counts.Length ? count + count + 1 : 0);
        }

        return values * sizeof(int);
    }

    private static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new UnfoldException("The binary form of n-gram models is little-endian, and this machine is not: use ARPA files here.");
        }
    }

    private static void Require(bool good, string path, string otherwise)
    {
        if (!good)
        {
            throw new UnfoldException($"The n-gram file {path} is damaged: {otherwise}; convert or train it again.");
        }
    }
}
