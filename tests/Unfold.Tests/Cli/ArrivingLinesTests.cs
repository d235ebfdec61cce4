using System.Text;
using Unfold.Cli;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>Lines in blocks, and what share of their file they are.</summary>
public sealed class ArrivingLinesTests : IDisposable
{
    private const int Length = 99, Lines = 1000, Most = 50;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_share_is_that_of_the_blocks_so_far_and_not_of_what_is_read_ahead()
    {
        File.WriteAllText(_folder["text.txt"], string.Concat(Enumerable.Repeat(new string('a', Length) + "\n", Lines)));
        var arriving = new ArrivingLines(Silent(), _folder["text.txt"]);
        Assert.Null(arriving.Share);
        int seen = 0;
        foreach (IReadOnlyList<string> block in arriving.Blocks(Most, TestContext.Current.CancellationToken))
        {
            // Lets the reading thread run as far ahead as it may.
            Thread.Sleep(5);
            seen += block.Count;
            Assert.InRange(block.Count, 1, Most);

            // A file is read in pieces.
            Assert.InRange(arriving.Share!.Value, (double)seen / Lines, ((double)seen / Lines) + 0.05);
        }

        Assert.Equal((Lines, 1), (seen, arriving.Share!.Value));
    }

    [Fact]
    public void The_share_of_a_stream_is_not_known()
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes("a\nb\n"));
        var arriving = new ArrivingLines(Silent(input), ArrivingLines.Input);
        Assert.Equal(["a", "b"], arriving.Blocks(Most, TestContext.Current.CancellationToken).SelectMany(block => block));
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
            Assert.Equal(["a", "b"], arriving.Blocks(Most, TestContext.Current.CancellationToken).SelectMany(block => block).Take(2));
            Assert.Null(arriving.Share);
        }
    }

    private static Terminal Silent(Stream? input = null) => new(TextWriter.Null, TextWriter.Null, TerminalKind.Plain, input);
}
