using System.Buffers.Binary;
using System.Security.Cryptography;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.NGrams;
using Unfold.Text;

namespace Unfold.Tests.Persistence.NGrams;

/// <summary>The compact form: the same bits as ARPA text, and no file that it cannot be.</summary>
public sealed class NGramBinaryTests : IDisposable
{
    private const int OrderAt = 12, LengthAt = 16, VocabularyAt = 24, HashAt = 32, HeaderBytes = 64;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TextMode.Sentences, 3)]
    [InlineData(TextMode.Running, 5)]
    [InlineData(TextMode.Sentences, 1)]
    public void It_answers_as_the_text_does_bit_for_bit(TextMode mode, int order)
    {
        NGramModel model = new RandomText(41, mode).Train(new NGramOptions { Order = order });
        Write("model.arpa", model);
        NGramModel text = Read("model.arpa");
        Write("model.bin", text);
        ArpaFileTests.RequireSame(model, Read("model.bin"));
        ArpaFileTests.RequireSame(text, Read("model.bin"));
        Write("again.arpa", Read("model.bin"));

        Assert.Equal(File.ReadAllBytes(_folder["model.arpa"]), File.ReadAllBytes(_folder["again.arpa"]));
    }

    [Fact]
    public void Any_flipped_byte_is_noticed()
    {
        byte[] whole = Written();
        var random = new SeededRandom(1);
        for (int at = 0; at < whole.Length; at += at < 300 ? 1 : 7)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)(1 + random.NextInt32(255));
            Refused(damaged);
        }
    }

    [Fact]
    public void A_refused_file_is_let_go_of_at_once()
    {
        byte[] damaged = Written();
        damaged[^1] ^= 1;
        Refused(damaged);
        if (OperatingSystem.IsLinux())
        {
            Assert.DoesNotContain(_folder["damaged.bin"], File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
        }

        // Windows would not write a file that is mapped.
        File.WriteAllBytes(_folder["damaged.bin"], [1]);
    }

    [Fact]
    public void Any_shorter_or_longer_file_is_refused()
    {
        byte[] whole = Written();
        for (int length = 0; length < whole.Length; length += length < 100 ? 1 : 13)
        {
            Refused(whole[..length]);
        }

        Assert.Contains("bytes", Refused([.. whole, 0]), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Forgeries => new()
    {
        { "order 0", "its order is 0" },
        { "order 8", "its order is 8" },
        { "order 2", "counts of n-grams do not fit" },
        { "version 9", "newer Unfold" },
        { "vocabulary -8", "its vocabulary has -8 bytes" },
        { "vocabulary 4611686018427387904", "its vocabulary has" },
        { "vocabulary 8", "do" },
        { "count 1000000", "do not fit its length" },
        { "count -1", "do not fit its length" },
        { "word", "not sorted" },
        { "child", "not sorted" },
        { "probability", "not between 0 and 1" },
        { "backoff", "not a finite number" },
    };

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_forged_file_with_a_good_checksum_is_refused(string forgery, string words)
    {
        byte[] file = Written();
        int values = HeaderBytes + (3 * 8) + (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(VocabularyAt));
        int vocabulary = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(HeaderBytes));
        string[] parts = forgery.Split(' ');
        long number = parts.Length > 1 ? long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
        Action forge = parts[0] switch
        {
            "order" => () => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(OrderAt), (int)number),
            "version" => () => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), (int)number),
            "vocabulary" => () => BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(VocabularyAt), number),
            "count" => () => BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(HeaderBytes + 8), number),
            "probability" => () => BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(values), 0.5f),
            "backoff" => () => BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(values + (4 * vocabulary)), float.NaN),
            "child" => () => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(values + (8 * vocabulary) + 4), int.MaxValue),
            _ => () => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(values + (12 * vocabulary) + 4), 1 << 20),
        };
        forge();
        Assert.Contains(words, Refused(Sealed(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_of_a_writing_that_fails()
    {
        NGramModel model = new RandomText(41, TextMode.Sentences).Train(new NGramOptions());
        string path = Path.Combine(_folder.Path, "no such folder", "model.bin");
        Assert.Contains("no such folder", Assert.Throws<UnfoldException>(() => NGramFile.Write(path, model, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => NGramFile.Write(_folder["model.bin"], model, cancellation: new CancellationToken(canceled: true)));
        Assert.Throws<OperationCanceledException>(() => NGramFile.Write(_folder["model.arpa"], model, cancellation: new CancellationToken(canceled: true)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    private static byte[] Sealed(byte[] file)
    {
        SHA256.HashData([.. file[..HashAt], .. file[HeaderBytes..]]).CopyTo(file, HashAt);
        return file;
    }

    private string Refused(byte[] bytes)
    {
        File.WriteAllBytes(_folder["damaged.bin"], bytes);
        return Assert.Throws<UnfoldException>(() => Read("damaged.bin")).Message;
    }

    private byte[] Written()
    {
        Write("whole.bin", new RandomText(41, TextMode.Sentences, sentences: 12).Train(new NGramOptions()));
        byte[] bytes = File.ReadAllBytes(_folder["whole.bin"]);
        Assert.Equal(bytes.Length, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(LengthAt)));
        Assert.Equal(bytes, Sealed([.. bytes]));
        return bytes;
    }

    private void Write(string name, NGramModel model) => NGramFile.Write(_folder[name], model, cancellation: TestContext.Current.CancellationToken);

    private NGramModel Read(string name) => NGramFile.Read(_folder[name], cancellation: TestContext.Current.CancellationToken);
}
