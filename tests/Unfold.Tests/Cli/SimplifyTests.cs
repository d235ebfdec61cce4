using System.Text;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Tests.Text;

namespace Unfold.Tests.Cli;

/// <summary>Texts of both scripts, rewritten by the command line.</summary>
public sealed class SimplifyTests : IDisposable
{
    private readonly TemporaryFolder _folder;

    public SimplifyTests()
    {
        Tokenizations.RequireSimplifiedChinese();
        _folder = new TemporaryFolder();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_keep_their_order_and_what_is_no_traditional_character()
    {
        File.WriteAllText(_folder["text.txt"], "\uFEFF我打算買一部新手機。\r\nA cat, 貓.\r\n\r\n看著");
        Said said = CommandLine.Run("simplify", _folder["text.txt"]);
        Assert.Equal((0, "我打算买一部新手机。\nA cat, 猫.\n\n看着\n", ""), (said.Code, said.Output, said.Error));
        Assert.Equal(said, CommandLine.RunWith(File.ReadAllBytes(_folder["text.txt"]), "simplify", "-"));
    }

    [Fact]
    public void More_lines_than_a_block_are_simplified()
    {
        string[] lines = [.. Enumerable.Range(0, 1000).Select(number => $"{number} 買")];
        Said said = CommandLine.RunWith(Encoding.UTF8.GetBytes(string.Join('\n', lines)), "simplify", "-");
        Assert.Equal(lines.Select(line => line.Replace('買', '买')), said.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void A_line_is_answered_before_the_next_one_comes()
    {
        using CommandProcess process = CommandProcess.Start("simplify", "-");
        process.Say("買");
        process.WaitForOutput();
        Assert.False(process.HasExited);
        process.Say("貓");
        process.FallSilent();
        Assert.Equal(new Said(0, "买\n猫\n", ""), process.End());
    }

    [Fact(Skip = UnixSignals.Reason, SkipUnless = nameof(UnixSignals.Exist), SkipType = typeof(UnixSignals))]
    public void An_interruption_ends_the_waiting()
    {
        using CommandProcess process = CommandProcess.Start("simplify", "-");
        process.Say("買");
        process.WaitForOutput();
        process.Signal("INT");
        Assert.Equal(130, process.End().Code);
    }

    [Fact]
    public void What_cannot_be_read_is_refused()
    {
        File.WriteAllBytes(_folder["big5.txt"], [0xB6, 0x52, 0x0A]);
        CommandLine.Run("simplify").Refuses(2, "FILE is missing");
        CommandLine.Run("simplify", _folder["none.txt"]).Refuses(1, "none.txt", "does not exist");
        CommandLine.Run("simplify", _folder["big5.txt"]).Refuses(1, "big5.txt", "is not UTF-8");
        CommandLine.RunWith([0xB6, 0x0A], "simplify", "-").Refuses(1, "standard input is not UTF-8");
    }
}
