using System.IO.Compression;
using System.Text;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Text;

/// <summary>Texts that gzip packed: whole ones are read as they were, all others are refused.</summary>
public sealed class GzipContentTests
{
    /// <summary>The unpacker reads blocks of 8,192 bytes: parts end before, on and after their edges.</summary>
    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void What_was_packed_comes_back_wherever_blocks_end(CompressionLevel level)
    {
        byte[] noise = Noise(140_000);
        int[] around = [0, 8192, 16_384, 65_536, 131_072];
        foreach (int length in around.SelectMany(edge => Enumerable.Range(edge - 60, 80)).Where(length => length >= 0))
        {
            ReadOnlySpan<byte> content = noise.AsSpan(0, length);
            byte[] packed = Gzip.Pack(content, level);
            Assert.True(content.SequenceEqual(Unpack(packed)), $"{length} bytes");
            Assert.True(content.SequenceEqual(Unpack(packed, step: 1000)), $"{length} bytes in small steps");
        }
    }

    [Fact]
    public void Parts_that_were_packed_one_by_one_are_read_one_after_the_other()
    {
        byte[] noise = Noise(20_000);
        for (int cut = 7_900; cut < 8_300; cut += 3)
        {
            byte[] packed = [.. Gzip.Pack(noise.AsSpan(0, cut), CompressionLevel.NoCompression), .. Gzip.Pack([]), .. Gzip.Pack(noise.AsSpan(cut))];
            Assert.True(noise.AsSpan().SequenceEqual(Unpack(packed)), $"cut at {cut}");
        }
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void However_short_it_is_cut_it_is_refused(CompressionLevel level)
    {
        byte[] packed = Gzip.Pack("the cat sat on the mat, and the dog lay on the rug\n"u8, level);
        for (int length = 1; length < packed.Length; length++)
        {
            Assert.True(Refuses(packed[..length]), $"{length} bytes");
            Assert.True(Refuses([.. packed, .. packed[..length]]), $"a second part of {length} bytes");
        }
    }

    /// <summary>A header may hold extra fields, a name, a comment and a sum of its own, each of which can take the bytes behind a cut for its own.</summary>
    [Theory]
    [InlineData(4, 10)]
    [InlineData(4, 3000)]
    [InlineData(8, 30)]
    [InlineData(16, 300)]
    [InlineData(2, 0)]
    [InlineData(4 | 8 | 16 | 2, 20)]
    public void A_header_with_all_that_it_may_hold_is_read_and_refused_wherever_it_is_cut(int flags, int length)
    {
        byte[] plain = Gzip.Pack("the cat sat\n"u8);
        List<byte> header = [0x1F, 0x8B, 8, (byte)flags, 1, 2, 3, 4, 0, 3];
        if ((flags & 4) != 0)
        {
            header.AddRange([(byte)length, (byte)(length >> 8), .. Noise(length)]);
        }

        foreach (int flag in (int[])[8, 16])
        {
            if ((flags & flag) != 0)
            {
                header.AddRange([.. Enumerable.Repeat((byte)'n', length), 0]);
            }
        }

        if ((flags & 2) != 0)
        {
            uint sum = Crc32([.. header]);
            header.AddRange([(byte)sum, (byte)(sum >> 8)]);
        }

        byte[] packed = [.. header, .. plain.AsSpan(10)];
        Assert.Equal("the cat sat\n"u8, Unpack(packed));
        for (int cut = 1; cut < packed.Length; cut++)
        {
            Assert.True(Refuses(packed[..cut]), $"{cut} bytes");
            Assert.True(Refuses([.. plain, .. packed[..cut]]), $"a second part of {cut} bytes");
        }
    }

    [Fact]
    public void A_long_one_that_is_cut_short_is_refused()
    {
        byte[] packed = Gzip.Pack(Encoding.UTF8.GetBytes(string.Concat(Noise(200_000).Select(value => (char)('a' + (value % 9))))));
        byte[] whole = Unpack(packed);
        foreach (int length in Enumerable.Range(1, 400).Select(part => (int)((long)packed.Length * part / 401)).Concat(Enumerable.Range(8_180, 24)).Concat(Enumerable.Range(packed.Length - 20, 20)))
        {
            Assert.True(Refuses(packed[..length], out byte[] before), $"{length} of {packed.Length} bytes");
            Assert.True(whole.AsSpan().StartsWith(before), $"what came before the refusal of {length} bytes is no beginning");
        }
    }

    [Fact]
    public void Damaged_ones_and_those_with_something_behind_are_refused()
    {
        byte[] packed = Gzip.Pack("the cat sat on the mat, and the dog lay on the rug\n"u8);
        for (int place = packed.Length - 8; place < packed.Length; place++)
        {
            byte[] damaged = [.. packed];
            damaged[place] ^= 1;
            Assert.True(Refuses(damaged), $"a wrong byte of the sum or length at {place}");
        }

        Assert.True(Refuses([.. packed, 0]));
        Assert.True(Refuses([.. packed, .. "text"u8]));
        Assert.True(Refuses([.. packed, .. new byte[512]]));
    }

    [Fact]
    public void A_packed_text_is_the_text()
    {
        using var folder = new TemporaryFolder();
        string text = string.Concat(Enumerable.Repeat("我昨天上学迟到了，老师批评了\r\nthe cat sat\n", 20_000));
        byte[] packed = Gzip.Pack([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)]);
        File.WriteAllBytes(folder["text.gz"], packed);
        List<long> progress = [];
        StringBuilder all = new();
        TextSource source = TextSource.FromFiles(folder["text.gz"]);
        string fingerprint = source.Read(piece => all.Append(piece), progress.Add, TestContext.Current.CancellationToken);
        Assert.Equal(text, all.ToString());
        Assert.Equal(TextSource.FromString(text).Read(_ => { }, cancellation: TestContext.Current.CancellationToken), fingerprint);
        Assert.Equal((packed.Length, packed.Length), (source.Bytes, progress[^1]));
        Assert.Equal(progress.Order(), progress);

        List<double> shares = [];
        Assert.Equal(text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'), TextLines.OfFile(folder["text.gz"], shares.Add));
        Assert.Equal(1, shares[^1]);
    }

    [Fact]
    public void A_packed_text_that_is_cut_short_is_refused_by_its_name()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["text.gz"], Gzip.Pack(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the cat sat\n", 1000))))[..^9]);
        foreach (UnfoldException failure in (UnfoldException[])[
            Assert.Throws<UnfoldException>(() => { TextSource.FromFiles(folder["text.gz"]).Read(_ => { }, cancellation: TestContext.Current.CancellationToken); }),
            Assert.Throws<UnfoldException>(() => { _ = TextLines.OfFile(folder["text.gz"]).Count(); })])
        {
            Assert.Contains(folder["text.gz"], failure.Message, StringComparison.Ordinal);
            Assert.Contains("cut short", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_comes_through_a_pipe_is_refused_by_its_reason()
    {
        using var pipe = new MemoryStream(Gzip.Pack("the cat sat\n"u8));
        UnfoldException failure = Assert.Throws<UnfoldException>(() => { _ = TextLines.Of(pipe, "standard input").Count(); });
        Assert.Contains("what gzip packed", failure.Message, StringComparison.Ordinal);
        using var other = new MemoryStream([0x1F, 0x41, 0x8B]);
        Assert.Contains("convert the file to UTF-8", Assert.Throws<UnfoldException>(() => { _ = TextLines.Of(other, "standard input").Count(); }).Message, StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["other.txt"], [0x41, 0x8B]);
        Assert.Contains("convert the file to UTF-8", Assert.Throws<UnfoldException>(() => { _ = TextLines.OfFile(folder["other.txt"]).Count(); }).Message, StringComparison.Ordinal);
    }

    private static byte[] Noise(int length)
    {
        byte[] noise = new byte[length];
        new Random(5).NextBytes(noise);
        return noise;
    }

    /// <summary>The sum of RFC 1952, bit by bit.</summary>
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte value in bytes)
        {
            sum ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                sum = (sum & 1) == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB88320;
            }
        }

        return ~sum;
    }

    private static bool Refuses(byte[] packed) => Refuses(packed, out _);

    private static bool Refuses(byte[] packed, out byte[] before)
    {
        using var unpacked = new MemoryStream();
        try
        {
            Unpack(packed, unpacked, 700);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        finally
        {
            before = unpacked.ToArray();
        }
    }

    private static byte[] Unpack(byte[] packed, int step = 1 << 16)
    {
        using var unpacked = new MemoryStream();
        Unpack(packed, unpacked, step);
        return unpacked.ToArray();
    }

    private static void Unpack(byte[] packed, MemoryStream unpacked, int step)
    {
        using var content = new GzipContent(new MemoryStream(packed));
        content.CopyTo(unpacked, step);
        Assert.Equal(0, content.Read(new byte[9]));
    }
}
