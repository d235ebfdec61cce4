using System.Diagnostics;
using Unfold.Cli;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli;

/// <summary>The first signal ends in order, the second at once; both leave a terminal that can be used.</summary>
public sealed class InterruptionTests
{
    private const string HideCursor = "\e[?25l", ShowCursor = "\e[?25h";

    [Theory]
    [InlineData((int)TerminalKind.Live, ShowCursor)]
    [InlineData((int)TerminalKind.Plain, "")]
    public void Only_the_second_signal_shows_the_cursor(int kind, string wanted)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var interruption = new Interruption(new Terminal(output, error, (TerminalKind)kind));

        Assert.True(interruption.Hear());
        Assert.Equal("", error.ToString());
        Assert.True(interruption.Asked);
        Assert.False(interruption.Hear());
        Assert.Equal(wanted, error.ToString().TrimEnd());
    }

    [Theory(Skip = UnixSignals.Reason, SkipUnless = nameof(UnixSignals.Exist), SkipType = typeof(UnixSignals))]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void The_counting_of_n_grams_stops_and_leaves_no_file(string signal)
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"], words: 400_000);
        using CommandProcess process = CommandProcess.Start("ngram", "train", "--order", "7", "--prune", "1e-9", "--text", text, "--out", folder["model.arpa"]);
        process.WaitForError("a vocabulary of");
        process.Signal(signal);
        Said said = process.End();
        Assert.Equal(130, said.Code);
        Assert.Contains("Interrupted; nothing new was saved.", said.Error, StringComparison.Ordinal);
        Assert.Equal([text], Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory(Skip = UnixSignals.Reason, SkipUnless = nameof(UnixSignals.Exist), SkipType = typeof(UnixSignals))]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public void The_training_for_gaps_stops_and_saves(string signal)
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"], words: 300), model = folder["model"];
        using CommandProcess process = CommandProcess.Start("cloze", "train", "--tokens", "word", "--text", text, "--out", model, "--hidden", "8", "--epochs", "1000000", "--threads", "1", "--json");
        process.WaitForError("Training:");
        process.Signal(signal);
        Said said = process.End();
        Assert.True(said.Code == 130, said.Error);
        Assert.Contains("Interrupted; the weights of epoch", said.Error, StringComparison.Ordinal);
        Assert.Contains($"are saved to {model}. Go on with: unfold cloze train --resume {model}", said.Error, StringComparison.Ordinal);
        Assert.Contains("\"best_epoch\":", said.Output, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("fill", model, "the __ sat").Code);
    }

    [Fact(Skip = UnixSignals.Reason, SkipUnless = nameof(UnixSignals.Exist), SkipType = typeof(UnixSignals))]
    public void A_terminal_that_closes_says_so_twice_and_the_run_is_saved()
    {
        using var folder = new TemporaryFolder();
        using CommandProcess process = CommandProcess.Start(Endless(folder));
        process.WaitFor(folder["run/model.safetensors"]);
        process.Signal("HUP");
        process.Signal("HUP");
        Said said = process.End();
        Assert.True(said.Code == 130, said.Error);
        Assert.Contains($"saved. Go on with: unfold train --resume {folder["run"]}", said.Error, StringComparison.Ordinal);
        Said generated = CommandLine.Run("generate", folder["run"], "--length", "3");
        Assert.True(generated.Code == 0, generated.Error);
    }

    [Fact(Skip = UnixSignals.Reason, SkipUnless = nameof(UnixSignals.Exist), SkipType = typeof(UnixSignals))]
    public void Under_nohup_a_run_outlives_its_terminal()
    {
        using var folder = new TemporaryFolder();
        using CommandProcess process = CommandProcess.StartDeafToHangUp(Endless(folder));
        process.WaitForError("step ");
        process.Send("HUP");
        string before = process.Complaint;
        process.WaitForError("step ", after: before.Length);
        process.Signal("TERM");
        Assert.Equal(130, process.End().Code);
    }

    [Fact]
    public void A_closed_terminal_is_an_orderly_end_however_often_it_is_said()
    {
        using var interruption = new Interruption(new Terminal(TextWriter.Null, TextWriter.Null, TerminalKind.Plain));
        interruption.HangUp();
        interruption.HangUp();
        Assert.True(interruption.Asked);
    }

    private static string[] Endless(TemporaryFolder folder) =>
        CommandLine.Training(CommandLine.WriteText(folder["text.txt"]), folder["run"], "--steps", "100000000", "--checkpoint-every", "2000");

    [Fact]
    public async Task A_terminal_is_left_with_its_cursor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "Needs the command script, which runs a command under a terminal.");
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"]);

        // Steps of about half a second: the second signal comes while the first one waits for the end of a step. Where it comes too
        // late, the run ends in order and shows its cursor as well.
        string[] line = [.. ProgramLine.Of("Unfold.Cli"), "train", "--text", text, "--out", folder["run"], "--hidden", "280", "--layers", "2", "--batch-size", "50", "--seq-length", "100", "--threads", "1"];
        var start = new ProcessStartInfo("/usr/bin/script", ["-qec", $"echo $$ > '{folder["pid"]}'; exec {string.Join(' ', line.Select(part => $"'{part}'"))}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["TERM"] = "xterm", ["NO_COLOR"] = "" },
        };
        using Process script = Process.Start(start)!;
        var seen = new System.Text.StringBuilder();
        char[] piece = new char[4096];
        while (!seen.ToString().Contains("step 1 of", StringComparison.Ordinal))
        {
            int count = await script.StandardOutput.ReadAsync(piece, TestContext.Current.CancellationToken);
            Assert.True(count > 0, $"The command ended before its view came: {seen}");
            seen.Append(piece, 0, count);
        }

        string command = File.ReadAllText(folder["pid"]).Trim();
        for (int signal = 0; signal < 2; signal++)
        {
            using Process kill = Process.Start("kill", ["-s", "INT", command]);
            kill.WaitForExit();
            await Task.Delay(40, TestContext.Current.CancellationToken);
        }

        seen.Append(await script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        string said = seen.ToString();
        Assert.Contains(HideCursor, said, StringComparison.Ordinal);
        Assert.True(said.LastIndexOf(ShowCursor, StringComparison.Ordinal) > said.LastIndexOf(HideCursor, StringComparison.Ordinal), said);
    }
}
