using System.Text;
using System.Text.Json;
using Unfold.Generation;
using Unfold.Persistence;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>What complete proposes.</summary>
public sealed class CompleteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _run;

    public CompleteTests()
    {
        _run = _folder["run"];
        Assert.Equal(0, CommandLine.Train(CommandLine.WriteText(_folder["text.txt"]), _run, "--steps", "80", "--seed", "3", "--lr", "0.02").Code);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_line_has_its_words()
    {
        IReadOnlyList<Completion> wanted = new WordCompleter(new ModelFolder(_run).Load()).Complete("the c", 3);
        Assert.Equal("cat", wanted[0].Word);

        Said said = CommandLine.Run("complete", _run, "the c", "--count", "3");
        Assert.Equal(wanted.Select(completion => FormattableString.Invariant($"{completion.Probability:0.000000}  {completion.Word}")), said.Output.TrimEnd('\n').Split('\n'));

        Assert.Equal("", said.Error);
        Assert.Equal("2 of the characters of this line are not in the model's vocabulary, and read as unknown.\n", CommandLine.Run("complete", _run, "жthe жc").Error);
        JsonElement json = CommandLine.Run("complete", _run, "the c", "--count", "3", "--json").Json;
        Assert.Equal("the c", json.GetProperty("text").GetString());
        Assert.Equal(wanted, json.GetProperty("completions").EnumerateArray().Select(completion =>
            new Completion(completion.GetProperty("word").GetString()!, completion.GetProperty("rest").GetString()!, completion.GetProperty("probability").GetDouble())));
    }

    [Fact]
    public void Each_line_of_standard_input_is_answered_with_one_line()
    {
        Said said = CommandLine.RunWith(Encoding.UTF8.GetBytes("the c\nthe cat s\n"), "complete", _run, "--count", "1");
        Assert.Equal("cat\nsat\n", said.Output);
        Assert.Equal(said, CommandLine.RunWith(Encoding.UTF8.GetBytes("the c\nthe cat s\n"), "complete", _run, "-", "--count", "1"));

        using CommandProcess process = CommandProcess.Start("complete", _run, "--json");
        process.Say("the c");
        process.WaitForOutput();
        process.Say("the ca");
        process.FallSilent();
        Said answers = process.End();
        Assert.Equal(0, answers.Code);
        Assert.Equal(2, answers.Output.Count(letter => letter == '\n'));
    }

    [Fact]
    public void A_line_that_no_word_goes_on_from_says_so()
    {
        string grams = _folder["words.arpa"];
        File.WriteAllText(_folder["words.txt"], "the cat sat\nthe dog sat\n");
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _folder["words.txt"], "--order", "2", "--out", grams).Code);
        Assert.Equal(new Said(0, "", "No word that the model knows goes on from the end of this line.\n"), CommandLine.Run("complete", grams, "the zebr"));
    }

    [Fact]
    public void A_word_of_control_characters_is_shown_without_them()
    {
        string file = _folder["strange.arpa"];
        File.WriteAllText(file, "\\data\\\nngram 1=4\n\n\\1-grams:\n-99\t<s>\n-0.3\t</s>\n-0.5\tth\e[31me\n-0.7\t<unk>\n\n\\end\\\n");
        Assert.Equal("1.000000  th?[31me\n", CommandLine.Run("complete", file, "th").Output);
        Assert.Equal("th?[31me\nth?[31me\n", CommandLine.RunWith("th\nt"u8.ToArray(), "complete", file).Output);
    }

    [Fact]
    public void A_line_of_standard_input_that_cannot_be_read_is_told_by_its_number()
    {
        string grams = _folder["words.arpa"];
        File.WriteAllText(_folder["words.txt"], "the cat sat\nthe dog sat\n");
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _folder["words.txt"], "--order", "2", "--out", grams).Code);
        Said said = CommandLine.RunWith("the c\nthe <s>\n"u8.ToArray(), "complete", grams);
        Assert.Equal((1, "cat\n"), (said.Code, said.Output));
        Assert.Contains("Line 2 of standard input: ", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_meant_is_refused()
    {
        CommandLine.Run("complete", _run, "a\nb").Refuses(2, "TEXT must be one line");
        CommandLine.Run("complete", _run, "a", "--count", "0").Refuses(2, "--count must be a whole number of at least 1");
        CommandLine.Run("complete", _run, "--jsn").Refuses(2, "--jsn is no option", "TEXT", "Did you mean --json?");
        CommandLine.Run("complete").Refuses(2, "MODEL is missing");
        CommandLine.Run("complete", _folder["nothing"], "a").Refuses(1, "no model folder");
        CommandLine.RunWith([0x61, 0xE4, 0x0A], "complete", _run).Refuses(1, "standard input is not UTF-8");
    }
}
