using System.Text;
using Unfold.Numerics;
using Unfold.Tests.Persistence;
using Unfold.Text;

namespace Unfold.Tests.Text;

public sealed class TextLinesTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    [InlineData("a\r\nb\rc\n\r\nd", new[] { "a", "b", "c", "", "d" })]
    [InlineData("\uFEFF我昨天\n\uFEFF\n\r\r\n\n😀\r", new[] { "我昨天", "\uFEFF", "", "", "", "😀" })]
    public void Lines_end_as_they_may_wherever_the_pieces_end(string text, string[] lines)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (ulong seed = 0; seed < 20; seed++)
        {
            Assert.Equal(lines, TextLines.Of(new PiecedStream(bytes, seed), "a stream"));
        }
    }

    [Theory]
    [InlineData("\n", 1)]
    [InlineData("\r", 1)]
    [InlineData("\n", 1024)]
    [InlineData("\r", 4096)]
    [InlineData("\n", 10_000)]
    public void A_line_comes_as_soon_as_it_is_there(string end, int length)
    {
        string line = new('a', length - end.Length);
        using var stream = new PiecedStream(Encoding.UTF8.GetBytes(line + end), seed: 0) { FailsAtEnd = true };
        Assert.Equal(line, TextLines.Of(stream, "a stream").First());
    }

    [Fact]
    public void A_line_has_an_end()
    {
        string longest = new('a', TextLines.LongestLine);
        Assert.Equal([longest.Length, 1], TextLines.Of(new MemoryStream(Encoding.UTF8.GetBytes(longest + "\nb")), "a stream").Select(line => line.Length));
        string message = Assert.Throws<UnfoldException>(() => TextLines.Of(new EndlessLine(), "a stream").Count()).Message;
        Assert.Equal("The text a stream has a line that is too long: line 1 has more than 16,777,216 characters; break it into lines.", message);
    }

    [Fact]
    public void A_missing_file_is_known_before_the_first_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a"], "1\n2");
        File.WriteAllText(folder["b"], "\n3\n");
        Assert.Equal(["1", "2", "", "3"], TextLines.OfFiles([folder["a"], folder["b"]]));
        Assert.Contains(folder["c"], Assert.Throws<UnfoldException>(() => TextLines.OfFiles([folder["a"], folder["c"]])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_files_can_be_gone_through_twice_and_tell_the_share_of_all_files()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a"], string.Concat(Enumerable.Repeat("0123456789\n", 2_000)));
        File.WriteAllText(folder["b"], "1\n2\n");
        var shares = new List<double>();
        IEnumerable<string> lines = TextLines.OfFiles([folder["a"], folder["b"]], shares.Add);
        Assert.Equal(2_002, lines.Count());
        Assert.Equal(shares.Order(), shares);
        Assert.Contains(shares, share => share is > 0.1 and < 0.4);
        Assert.Equal(1, shares[^1]);
        Assert.Equal("0123456789", lines.First());
    }

    /// <summary>Gives its bytes in pieces of random lengths.</summary>
    private sealed class PiecedStream(byte[] bytes, ulong seed) : MemoryStream(bytes)
    {
        private readonly SeededRandom _random = new(seed);

        /// <summary>Whether to fail where a pipe would wait for more.</summary>
        public bool FailsAtEnd { get; init; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Assert.True(!FailsAtEnd || Position < Length, "More was wanted though the line was there.");
            return base.Read(buffer, offset, FailsAtEnd ? count : Math.Min(count, 1 + _random.NextInt32(4)));
        }
    }

    private sealed class EndlessLine : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'a');
            return count;
        }
    }
}
