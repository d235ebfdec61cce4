using System.Text;
using Unfold.Cli;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>Work that takes longer than a second says on stderr how far it has come.</summary>
public sealed class ProgressTests
{
    // Takes minutes on any machine: the tests stop it as soon as they have seen enough.
    private static readonly string[] LongCheck = ["gradcheck", "--hidden", "128", "--seq-length", "60", "--batch-size", "6"];

    [Fact]
    public void A_long_gradient_check_writes_plain_lines_where_stderr_is_no_terminal()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StoppingWriter(writes: 1) { NewLine = "\n" };
        Assert.Equal(ExitCode.Interrupted, Program.Run(LongCheck, new Terminal(output, error, TerminalKind.Plain)));
        Assert.Matches("^Checking: [0-9]{1,2}%\r?\n$", error.Progress);
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public void A_long_gradient_check_draws_one_line_again_on_a_terminal_and_takes_it_away()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StoppingWriter(writes: 3) { NewLine = "\n" };
        Assert.Equal(ExitCode.Interrupted, Program.Run(LongCheck, new Terminal(output, error, TerminalKind.Live)));
        Assert.Matches("^(\r\e\\[2KChecking: [0-9]{1,2}%){3}$", error.Progress);
        Assert.StartsWith("\r\e[2K\e[31merror:", error.Rest, StringComparison.Ordinal);
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public void A_line_that_takes_long_to_score_says_how_far_it_has_come()
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"]), model = folder["model"], line = folder["line.txt"];
        Assert.Equal(0, CommandLine.Train(text, model, "--steps", "1", "--layers", "2", "--hidden", "512").Code);
        File.WriteAllText(line, string.Concat(Enumerable.Repeat("the cat sat on the mat ", 20_000)));
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StoppingWriter(writes: 1) { NewLine = "\n" };
        Assert.Equal(ExitCode.Interrupted, Program.Run(["score", model, line, "--threads", "1"], new Terminal(output, error, TerminalKind.Plain)));
        Assert.Matches("^Scoring .*line.txt: [0-9]{1,2}%\r?\n$", error.Progress);
    }

    [Fact]
    public void A_share_that_is_no_number_is_not_shown()
    {
        using var error = new StringWriter();
        using var progress = new ProgressLine(new Terminal(TextWriter.Null, error, TerminalKind.Plain), "Reading");
        Thread.Sleep(TimeSpan.FromSeconds(1.1));
        progress.Show(double.PositiveInfinity);
        progress.Show(double.NaN);
        Assert.Equal("", error.ToString());
        progress.Show(0.25);
        Assert.StartsWith("Reading: 25%", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "\r\e[2KChecking: 25%\r\e[2K\r\e[2KChecking: 50%\r\e[2K")]
    [InlineData(false, "\r\e[2KChecking: 25%\r\e[2KChecking: 50%\r\e[2K")]
    public void A_live_line_makes_room_for_data_on_the_same_screen_only(bool shown, string wanted)
    {
        using var error = new StringWriter();
        using (var progress = new ProgressLine(new Terminal(TextWriter.Null, error, TerminalKind.Live) { OutputIsShown = shown }, "Checking"))
        {
            Thread.Sleep(TimeSpan.FromSeconds(1.1));
            progress.Show(0.25);
            progress.MakeRoom();
            Thread.Sleep(TimeSpan.FromSeconds(0.3));
            progress.Show(0.5);
            progress.Restart();
            progress.Show(0.75);
        }

        Assert.Equal(wanted, error.ToString());
    }

    /// <summary>Ends the work behind it, like Ctrl+C, at a number of writes.</summary>
    private sealed class StoppingWriter(int writes) : TextWriter
    {
        private readonly StringBuilder _progress = new(), _rest = new();
        private int _left = writes;

        public override Encoding Encoding => Encoding.UTF8;

        public string Progress => _progress.ToString();

        public string Rest => _rest.ToString();

        public override void Write(string? value)
        {
            (_left > 0 ? _progress : _rest).Append(value);
            if (_left > 0 && --_left == 0)
            {
                throw new OperationCanceledException();
            }
        }

        public override void Write(char value) => Write(value.ToString());
    }
}
