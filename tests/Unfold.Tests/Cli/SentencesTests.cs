using System.Text;
using Unfold.Tests.Persistence;
using Unfold.Tests.Text;

namespace Unfold.Tests.Cli;

/// <summary>Running texts written with one sentence a line.</summary>
public sealed class SentencesTests : IDisposable
{
    private readonly TemporaryFolder _folder;

    public SentencesTests()
    {
        Tokenizations.RequireIcu();
        _folder = new TemporaryFolder();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sentence_ends_with_its_line_or_goes_on_in_the_next_one()
    {
        File.WriteAllText(_folder["book.txt"], "\uFEFFA cat sat. It\r\nran. A dog\r\n\r\nslept\r\n");
        Said said = CommandLine.Run("sentences", _folder["book.txt"]);
        Assert.Equal((0, "A cat sat.\nIt\nran.\nA dog\nslept\n", ""), (said.Code, said.Output, said.Error));
        Assert.Equal(said, CommandLine.RunWith(File.ReadAllBytes(_folder["book.txt"]), "sentences", "-"));
        Assert.Equal("A cat sat.\nIt ran.\nA dog\nslept\n", CommandLine.Run("sentences", _folder["book.txt"], "--wrapped").Output);
    }

    [Fact]
    public void More_lines_than_a_block_keep_their_order()
    {
        string[] lines = [.. Enumerable.Range(0, 1000).Select(number => $"Line {number}.")];
        Assert.Equal(string.Join('\n', lines) + "\n", CommandLine.RunWith(Encoding.UTF8.GetBytes(string.Join('\n', lines)), "sentences", "-", "--wrapped").Output);
    }

    [Fact]
    public void A_line_is_answered_before_the_next_one_comes()
    {
        using CommandProcess process = CommandProcess.Start("sentences", "-");
        process.Say("One. Two.");
        process.WaitForOutput();
        Assert.False(process.HasExited);
        process.Say("Three");
        process.FallSilent();
        Assert.Equal(new Said(0, "One.\nTwo.\nThree\n", ""), process.End());
    }

    [Fact]
    public void What_cannot_be_read_is_refused()
    {
        CommandLine.Run("sentences").Refuses(2, "FILE is missing");
        CommandLine.Run("sentences", "").Refuses(2, "FILE wants a path");
        CommandLine.Run("sentences", _folder["none.txt"]).Refuses(1, "none.txt", "does not exist");
    }
}
