using System.Text;
using Unfold.Cli;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>Lines in blocks, and what share of their file they are.</summary>
public sealed class ArrivingLinesTests : IDisposable
{
    private const int Length = 99, Lines = 5000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_share_is_that_of_the_blocks_so_far_and_not_of_what_is_read_ahead()
    {
        File.WriteAllText(_folder["text.txt"], string.Concat(Enumerable.Repeat(new string('a', Length) + "\n", Lines)));
        var arriving = new ArrivingLines(Silent(), _folder["text.txt"]);
        Assert.Null(arriving.Share);
        int seen = 0;
        foreach (IReadOnlyList<string> block in arriving.Blocks(TestContext.Current.CancellationToken))
        {
            // Lets the reading thread run as far ahead as it may.
            Thread.Sleep(5);
            seen += block.Count;
            Assert.InRange(block.Count, 1, ArrivingLines.LinesAtOnce);

            // A file is read in pieces.
            Assert.InRange(arriving.Share!.Value, (double)seen / Lines, ((double)seen / Lines) + 0.05);
        }

        Assert.Equal((Lines, 1), (seen, arriving.Share!.Value));
    }

    [Fact]
    public void Long_lines_come_in_small_blocks_and_are_not_read_far_ahead()
    {
        const int Long = 1 << 20, Count = 24;
        using var input = new WatchedStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(new string('a', Long) + "\n", Count))));
        int seen = 0;
        foreach (IReadOnlyList<string> block in new ArrivingLines(Silent(input), ArrivingLines.Input).Blocks(TestContext.Current.CancellationToken))
        {
            Thread.Sleep(50);
            seen += block.Count;
            Assert.InRange(block.Count, 1, 5);

            // Four lines may wait, one stands before them, and one is read.
            Assert.InRange(input.BytesRead / Long, seen, seen + 7);
        }

        Assert.Equal(Count, seen);
    }

    [Fact]
    public void A_line_that_is_longer_than_what_may_wait_passes_alone()
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes($"a\n{new string('b', 6_000_000)}\nc\n{new string('d', 6_000_000)}"));
        Assert.Equal([1, 6_000_000, 1, 6_000_000], new ArrivingLines(Silent(input), ArrivingLines.Input).Blocks(TestContext.Current.CancellationToken).SelectMany(block => block).Select(line => line.Length));
    }

    [Fact]
    public void The_share_of_a_stream_is_not_known()
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes("a\nb\n"));
        var arriving = new ArrivingLines(Silent(input), ArrivingLines.Input);
        Assert.Equal(["a", "b"], arriving.Blocks(TestContext.Current.CancellationToken).SelectMany(block => block));
        Assert.Null(arriving.Share);
    }

    [Fact]
    public void Nor_is_that_of_a_pipe_with_a_name()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Named pipes of Windows are no files.");
        string pipe = _folder["pipe"];
        using (var make = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            make.WaitForExit();
            Assert.Equal(0, make.ExitCode);
        }

        // Open for reading and writing a pipe waits for nobody, so that nothing can hang here.
        using (var writer = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            writer.Write("a\nb\n"u8);
            writer.Flush();
            var arriving = new ArrivingLines(Silent(), pipe);
            Assert.Equal(["a", "b"], arriving.Blocks(TestContext.Current.CancellationToken).SelectMany(block => block).Take(2));
            Assert.Null(arriving.Share);
        }
    }

    private static Terminal Silent(Stream? input = null) => new(TextWriter.Null, TextWriter.Null, TerminalKind.Plain, input);

    /// <summary>Tells how far it is read, also when it is closed.</summary>
    private sealed class WatchedStream(byte[] content) : MemoryStream(content)
    {
        private long _bytesRead;

        public long BytesRead => Volatile.Read(ref _bytesRead);

        // What a base class does for spans comes by this way too.
        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = base.Read(buffer, offset, count);
            Interlocked.Add(ref _bytesRead, read);
            return read;
        }
    }
}
