using System.Text.Json;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>unfold ngram count.</summary>
public sealed class NGramCountTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;

    public NGramCountTests() => File.WriteAllText(_text = _folder["text.txt"], "the cat sat\n\nthe cat saw the dog\nthe dog\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_ngram_has_a_line_with_its_count_after_a_tab()
    {
        Said said = CommandLine.Run("ngram", "count", "--text", _text, "--order", "2");
        Assert.Equal(
            [
                "</s>\t3", "the\t4", "cat\t2", "dog\t2", "sat\t1", "saw\t1",
                "<s> the\t3", "the cat\t2", "the dog\t2", "cat sat\t1", "cat saw\t1", "dog </s>\t2", "sat </s>\t1", "saw the\t1",
            ],
            said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((0, "13 tokens; a vocabulary of 5 words\n"), (said.Code, said.Error));
    }

    [Fact]
    public void The_most_frequent_ones_come_first_and_the_rare_ones_may_stay_away()
    {
        Assert.Equal("the\t4\n</s>\t3\n<s> the\t3\nthe cat\t2\n<s> the cat\t2\nthe dog </s>\t2\n", CommandLine.Run("ngram", "count", "--text", _text, "--top", "2").Output);
        Assert.Equal("</s>\t3\nthe\t4\n<s> the\t3\n", CommandLine.Run("ngram", "count", "--text", _text, "--min-count", "3").Output);
        Assert.Equal("the\t4\n</s>\t3\n", CommandLine.Run("ngram", "count", "--text", _text, "--order", "1", "--min-count", "3", "--top", "9").Output);
        Assert.Equal((0, ""), (CommandLine.Run("ngram", "count", "--text", _text, "--min-count", "5").Code, CommandLine.Run("ngram", "count", "--text", _text, "--min-count", "5").Output));
    }

    [Fact]
    public void White_space_that_is_a_token_is_written_so_that_it_divides_none()
    {
        File.WriteAllText(_text, "买 了\n买 了");
        string[] lines = CommandLine.Run("ngram", "count", "--text", _text, "--tokens", "char", "--order", "2").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("<U+0020>\t2", lines);
        Assert.Contains("<U+0020> 了\t2", lines);
        Assert.Contains("了 <U+000A>\t1", lines);
        JsonElement first = CommandLine.Run("ngram", "count", "--text", _text, "--tokens", "char", "--order", "2", "--json").Output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .First(line => line.GetProperty("ngram").GetArrayLength() == 2 && line.GetProperty("ngram")[0].GetString() == " ");
        Assert.Equal(("了", 2), (first.GetProperty("ngram")[1].GetString(), first.GetProperty("count").GetInt32()));
    }

    [Fact]
    public void The_tokens_are_those_that_are_asked_for()
    {
        File.WriteAllText(_folder["small.txt"], "the cat\n");
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--order", "1", "--text", _folder["small.txt"], "--out", _folder["small.arpa"]).Code);
        Said said = CommandLine.Run("ngram", "count", "--text", _text, "--order", "1", "--vocabulary-of", _folder["small.arpa"]);
        Assert.Equal("<unk>\t4\n</s>\t3\ncat\t2\nthe\t4\n", said.Output);
        Assert.Contains("4 of the tokens are <unk>", said.Error, StringComparison.Ordinal);
        Assert.Equal("<unk>\t6\n</s>\t3\nthe\t4\n", CommandLine.Run("ngram", "count", "--text", _text, "--order", "1", "--vocabulary", "1").Output);
        CommandLine.Run("ngram", "count", "--text", _text, "--vocabulary-of", _folder["small.arpa"], "--lowercase").Refuses(2, "--vocabulary-of and --lowercase exclude each other");
        CommandLine.Run("ngram", "count", "--text", _text, "--top", "0").Refuses(2, "--top");
    }
}
