using System.Text.Json;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli;

/// <summary>unfold ngram mix.</summary>
public sealed class NGramMixTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _first, _second, _text;

    public NGramMixTests()
    {
        (_first, _second, _text) = (_folder["first.arpa"], _folder["second.arpa"], _folder["text.txt"]);
        string other = _folder["other.txt"];
        CommandLine.WriteText(_text, seed: 1);
        CommandLine.WriteText(other, words: 500, seed: 2);
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _text, "--out", _first).Code);
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", other, "--order", "2", "--vocabulary-of", _first, "--out", _second).Code);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_model_stands_for_two()
    {
        string mixed = _folder["mixed.bin"];
        Said said = CommandLine.Run("ngram", "mix", _first, _second, "--share", "0.7", "--out", mixed, "--json");
        JsonElement found = said.Json;
        Assert.Equal((mixed, 0.7, 3), (found.GetProperty("written").GetString(), found.GetProperty("share").GetDouble(), found.GetProperty("order").GetInt32()));
        JsonElement first = CommandLine.Run("inspect", _first, "--json").Json;
        Assert.Equal(first.GetProperty("vocabulary").GetInt32(), found.GetProperty("vocabulary").GetInt32());
        int[] counts = [.. found.GetProperty("ngrams").EnumerateArray().Select(count => count.GetInt32())], ofFirst = [.. first.GetProperty("ngrams").EnumerateArray().Select(count => count.GetInt32())];
        Assert.Equal((ofFirst[0], ofFirst[2]), (counts[0], counts[2]));
        Assert.True(counts[1] > ofFirst[1]);
        Assert.Contains(FormattableString.Invariant($"3-grams: {counts[2]:N0} of {ofFirst[2]:N0} and 0\n"), said.Error, StringComparison.Ordinal);
        Close.Equal(Perplexity(_first, "--mix", _second, "--mix-weight", "0.7"), Perplexity(mixed), 0.009, 0, "perplexity");
    }

    [Fact]
    public void The_share_is_a_half_or_that_of_held_out_files()
    {
        string held = CommandLine.WriteText(_folder["held.txt"], words: 300, seed: 3);
        double Share(params string[] how) => CommandLine.Run(["ngram", "mix", _first, _second, "--out", _folder["m.arpa"], "--force", "--json", .. how]).Json.GetProperty("share").GetDouble();
        Assert.Equal(0.5, Share());
        double expected = CommandLine.Run("evaluate", _first, "--mix", _second, "--mix-tune", held, "--text", held, "--json").Json.GetProperty("mix_weight").GetDouble();
        Assert.Equal(expected, Share("--tune", held));
        Assert.InRange(expected, 0.01, 0.99);
    }

    [Fact]
    public void Words_of_either_model_are_known()
    {
        File.WriteAllText(_folder["new.txt"], "the zebra saw the cat\nzebra crossing\nthe zebra\n");
        string other = _folder["new.arpa"], mixed = _folder["mixed.arpa"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _folder["new.txt"], "--out", other).Code);
        JsonElement found = CommandLine.Run("ngram", "mix", _first, other, "--tune", _folder["new.txt"], "--out", mixed, "--json").Json;
        Assert.InRange(found.GetProperty("share").GetDouble(), 0, 0.5);
        JsonElement measured = CommandLine.Run("ngram", "evaluate", mixed, "--text", _folder["new.txt"], _text, "--json").Json;
        Assert.Equal((0, 0), (measured.GetProperty("unknown").GetInt32(), measured.GetProperty("zeroprobs").GetInt32()));
    }

    [Fact]
    public void What_cannot_be_mixed_is_refused_and_leaves_no_file()
    {
        string path = _folder["m.arpa"], running = _folder["running.arpa"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _text, "--running", "--out", running).Code);
        CommandLine.Run("ngram", "mix", _first, running, "--out", path).Refuses(1, "the first reads sentences and the second running text");
        CommandLine.Run("ngram", "mix", _first, _folder["none.arpa"], "--out", path).Refuses(1, "none.arpa");
        CommandLine.Run("ngram", "mix", _first, _second, "--out", _folder["m.lm"]).Refuses(1, ".arpa", ".bin");
        CommandLine.Run("ngram", "mix", _folder["none.arpa"], _second, "--out", _first).Refuses(1, "is there already", "--force");
        CommandLine.Run("ngram", "mix", _first, _second, "--tune", _folder["none.txt"], "--out", path).Refuses(1, "none.txt");
        string subwords = _folder["subwords.bin"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _text, "--tokens", "bpe", "--vocabulary", "300", "--out", subwords).Code);
        CommandLine.Run("ngram", "mix", subwords, subwords, "--out", path).Refuses(1, "table of subwords", ".bin");
        Assert.Equal(0, CommandLine.Run("ngram", "mix", subwords, subwords, "--out", _folder["m.bin"]).Code);
        Assert.False(File.Exists(path));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.tmp-*"));
    }

    private double Perplexity(params string[] model) => CommandLine.Run(["evaluate", .. model, "--text", _text, "--json"]).Json.GetProperty("perplexity").GetDouble();
}
