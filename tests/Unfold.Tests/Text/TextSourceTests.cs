using System.Text;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Text;

public sealed class TextSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("unfold-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, params byte[][] parts)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, [.. parts.SelectMany(part => part)]);
        return path;
    }

    private static string ReadAll(TextSource source, out string fingerprint)
    {
        StringBuilder all = new();
        fingerprint = source.Read(piece => all.Append(piece));
        return all.ToString();
    }

    [Fact]
    public void An_empty_text_in_memory_is_called_so() =>
        Assert.StartsWith("The text in memory is empty", Assert.Throws<UnfoldException>(() => TextSource.FromString("").Read(_ => { }, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_long_text_of_many_widths_comes_back_across_block_edges()
    {
        // 1-, 2-, 3- and 4-byte characters in an odd cycle, so that every kind falls on a block's edge.
        StringBuilder text = new();
        for (int i = 0; i < 120_000; i++)
        {
            text.Append((i % 7) switch { 0 => "a", 1 => "é", 2 or 3 => "我", 4 => "😀", 5 => "\r\n", _ => "\u0301" });
        }

        string expected = text.ToString();
        string path = Write("long.txt", Encoding.UTF8.GetBytes(expected));
        List<long> progress = [];
        StringBuilder all = new();
        TextSource source = TextSource.FromFiles(path);
        string fingerprint = source.Read(piece => all.Append(piece), progress.Add, TestContext.Current.CancellationToken);
        Assert.Equal(expected, all.ToString());
        Assert.Equal(source.Bytes, progress[^1]);
        Assert.Equal(new FileInfo(path).Length, source.Bytes);
        ReadAll(TextSource.FromString(expected), out string same);
        Assert.Equal(fingerprint, same);
    }

    [Fact]
    public void Files_join_at_line_feeds_and_lose_their_marks()
    {
        byte[] mark = [0xEF, 0xBB, 0xBF];
        string one = Write("1.txt", mark, "one"u8.ToArray());
        string two = Write("2.txt", mark, "two\n"u8.ToArray());
        string three = Write("3.txt", "three"u8.ToArray());
        Assert.Equal("one\ntwo\nthree", ReadAll(TextSource.FromFiles(one, two, three), out string fingerprint));
        ReadAll(TextSource.FromString("\uFEFFone\ntwo\nthree"), out string same);
        Assert.Equal(same, fingerprint);
        string parts = Write("4.gz", Gzip.Pack([0xEF]), Gzip.Pack([0xBB]), Gzip.Pack([0xBF, .. "two\n"u8]));
        Assert.Equal("one\ntwo\nthree", ReadAll(TextSource.FromFiles(one, parts, three), out _));
        ReadAll(TextSource.FromString("one\ntwo\nthreE"), out string other);
        Assert.NotEqual(same, other);
    }

    [Fact]
    public void A_missing_file_or_a_folder_is_refused_at_once()
    {
        Assert.Contains("does not exist", Assert.Throws<UnfoldException>(() => TextSource.FromFiles(Path.Combine(_folder, "none"))).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<UnfoldException>(() => TextSource.FromFiles(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_bytes_are_named_by_their_place()
    {
        byte[] filler = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("我a", 200_000)));
        void Refused(string expected, params byte[][] parts)
        {
            string path = Write("bad.txt", parts);
            UnfoldException failure = Assert.Throws<UnfoldException>(() => ReadAll(TextSource.FromFiles(path), out _));
            Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
            Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        }

        Refused("is empty");
        Refused("is empty", [0xEF, 0xBB, 0xBF]);
        Refused("binary: a zero byte stands at byte 800001", filler, "x"u8.ToArray(), [0], filler);
        Refused("byte 800001 (0xFF)", filler, "x"u8.ToArray(), [0xFF], filler);
        Refused("byte 800003 (0xE6)", [0xEF, 0xBB, 0xBF], filler, [0xE6, 0x88]);
        Refused("byte 1 (0xC0)", "a"u8.ToArray(), [0xC0, 0x80]);
        Refused("byte 0 (0xED)", [0xED, 0xA0, 0x80]);
        Refused("UTF-16", [0xFF, 0xFE, 0x61, 0x00]);
        Refused("convert the file to UTF-8", Encoding.Latin1.GetBytes("café"));
    }

    [Fact]
    public void An_unreadable_file_is_refused()
    {
        string path = Write("locked.txt", "text"u8.ToArray());
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.UserName == "root", "File permissions do not hold for this user.");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.None);
        }

        Assert.Contains("could not be opened", Assert.Throws<UnfoldException>(() => TextSource.FromFiles(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_is_refused()
    {
        if (!File.Exists("/dev/null"))
        {
            Assert.Skip("There is no device file here.");
        }

        Assert.Throws<UnfoldException>(() => ReadAll(TextSource.FromFiles("/dev/null"), out _));
    }
}
