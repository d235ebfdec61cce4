using System.Text.Json;
using Unfold.Experiments.Data;
using Unfold.Tests.Experiments;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli;

/// <summary>unfold ngram: train, evaluate, convert.</summary>
public sealed class NGramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;

    public NGramTests() => _text = CommandLine.WriteText(_folder["text.txt"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_probability_that_rounds_above_one_is_one()
    {
        File.WriteAllText(_folder["a.txt"], "aaa");
        foreach (string model in (string[])[_folder["a.bin"], _folder["a.arpa"]])
        {
            Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _folder["a.txt"], "--tokens", "char", "--order", "2", "--smoothing", "add-k", "--closed", "--out", model).Code);
            Said shown = CommandLine.Run("inspect", model);
            Assert.True(shown.Code == 0, shown.Error);
        }
    }

    [Theory]
    [InlineData("char", "--sentences", "--lowercase")]
    [InlineData("bpe", "--vocabulary", "300")]
    public void The_vocabulary_may_be_that_of_another_model(params string[] cut)
    {
        string small = _folder["small.txt"], first = _folder["first.bin"], second = _folder["second.bin"];
        File.WriteAllText(small, "The cat saw the new tree.\nA cat sat.\n");
        Assert.Equal(0, CommandLine.Run(["ngram", "train", "--text", small, "--out", first, "--tokens", .. cut]).Code);
        CommandLine.Run("ngram", "train", "--text", _text, "--vocabulary-of", first, "--tokens", "word", "--out", second).Refuses(2, "--vocabulary-of and --tokens exclude each other");
        CommandLine.Run("ngram", "train", "--text", _text, "--vocabulary-of", small, "--out", second).Refuses(1, small);
        JsonElement trained = CommandLine.Run("ngram", "train", "--text", _text, "--vocabulary-of", first, "--out", second, "--json").Json;

        JsonElement one = CommandLine.Run("inspect", first, "--json").Json, other = CommandLine.Run("inspect", second, "--json").Json;
        Assert.All((string[])["vocabulary", "tokens", "sentences", "lowercase"], field => Assert.Equal(one.GetProperty(field).GetRawText(), other.GetProperty(field).GetRawText()));
        Assert.True(trained.GetProperty("ngrams")[1].GetInt64() > one.GetProperty("ngrams")[1].GetInt64(), "The larger text has more pairs.");
        double Loss(params string[] models) => CommandLine.Run(["evaluate", .. models, "--text", small, "--json"]).Json.GetProperty("loss").GetDouble();
        Assert.True(Loss(first, "--mix", second, "--mix-tune", small) <= Math.Min(Loss(first), Loss(second)) + 1e-9);
    }

    [Fact]
    public void A_model_is_pruned_on_the_way_to_another_file()
    {
        string whole = _folder["whole.bin"], later = _folder["later.arpa"], atOnce = _folder["once.arpa"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--order", "4", "--text", _text, "--out", whole).Code);
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--order", "4", "--text", _text, "--out", atOnce, "--prune", "1e-5").Code);
        CommandLine.Run("ngram", "convert", whole, later, "--prune", "-1").Refuses(2, "--prune must be a number of at least 0");
        Said pruned = CommandLine.Run("ngram", "convert", whole, later, "--prune", "1e-5", "--json");

        Assert.Equal(CommandLine.Run("inspect", atOnce, "--json").Json.GetProperty("ngrams").GetRawText(), pruned.Json.GetProperty("ngrams").GetRawText());
        Assert.Matches(@"^2-grams: [0-9,]+ of [0-9,]+\n3-grams: [0-9,]+ of [0-9,]+\n4-grams: [0-9,]+ of [0-9,]+\n$", pruned.Error);
        double Perplexity(string model) => CommandLine.Run("ngram", "evaluate", model, "--text", _text, "--json").Json.GetProperty("ppl").GetDouble();
        Close.Equal(Perplexity(atOnce), Perplexity(later), 1e-5, 0, "perplexity");
        Assert.True(Perplexity(later) > Perplexity(whole));
    }

    [Fact]
    public void A_model_is_trained_converted_and_measured()
    {
        string arpa = _folder["model.arpa"], binary = _folder["model.bin"];
        JsonElement trained = CommandLine.Run("ngram", "train", "--order", "4", "--text", _text, "--out", arpa, "--min-count", "1,1,2", "--json").Json;
        Assert.Equal(4, trained.GetProperty("order").GetInt32());
        Assert.Equal(4, trained.GetProperty("ngrams").GetArrayLength());
        Said converted = CommandLine.Run("ngram", "convert", arpa, binary);
        Assert.Equal((0, "", ""), (converted.Code, converted.Output, converted.Error));

        JsonElement one = CommandLine.Run("ngram", "evaluate", arpa, "--text", _text, "--json").Json;
        JsonElement other = CommandLine.Run("ngram", "evaluate", binary, "--text", _text, "--json").Json;
        Assert.Equal(one.GetRawText(), other.GetRawText());
        foreach (string path in (string[])[arpa, binary])
        {
            JsonElement shown = CommandLine.Run("inspect", path, "--json").Json;
            Assert.All((string[])["order", "vocabulary", "ngrams"], field => Assert.Equal(trained.GetProperty(field).GetRawText(), shown.GetProperty(field).GetRawText()));
            Assert.Equal(("space", true, new FileInfo(path).Length), (shown.GetProperty("tokens").GetString(), shown.GetProperty("sentences").GetBoolean(), shown.GetProperty("bytes").GetInt64()));
            string text = CommandLine.Run("inspect", path).Output;
            Assert.StartsWith(FormattableString.Invariant($"N-grams of up to 4 tokens, {new FileInfo(path).Length:N0} bytes\n"), text, StringComparison.Ordinal);
            Assert.Contains(FormattableString.Invariant($"  4-grams {trained.GetProperty("ngrams")[3].GetInt32(),15:N0}\n"), text, StringComparison.Ordinal);
            Assert.Contains(FormattableString.Invariant($"Vocabulary: {trained.GetProperty("vocabulary").GetInt32():N0} words, each line a sentence\n  "), text, StringComparison.Ordinal);
            CommandLine.Run("inspect", path, "--gradient-flow").Refuses(2, "--gradient-flow", "n-grams");
        }

        Assert.Equal(["sentences", "tokens", "unknown", "logprob10", "ppl", "ppl1", "ppl_with_unknown", "written_unknown", "zeroprobs"], one.EnumerateObject().Select(field => field.Name));
        double tokens = one.GetProperty("tokens").GetDouble(), sentences = one.GetProperty("sentences").GetDouble(), sum = one.GetProperty("logprob10").GetDouble();
        Assert.Equal(trained.GetProperty("tokens").GetDouble(), tokens);
        Close.Equal(Math.Pow(10, -sum / tokens), one.GetProperty("ppl").GetDouble(), 1e-12, 0, "ppl");
        Close.Equal(Math.Pow(10, -sum / (tokens - sentences)), one.GetProperty("ppl1").GetDouble(), 1e-12, 0, "ppl1");
        Assert.Contains($"tokens            {tokens}\n", CommandLine.Run("ngram", "evaluate", binary, "--text", _text).Output, StringComparison.Ordinal);

        JsonElement back = CommandLine.Run("ngram", "convert", binary, _folder["back.arpa"], "--json").Json;
        Assert.Equal((binary, _folder["back.arpa"]), (back.GetProperty("read").GetString(), back.GetProperty("written").GetString()));
        Assert.All((string[])["order", "vocabulary", "ngrams"], field => Assert.Equal(trained.GetProperty(field).GetRawText(), back.GetProperty(field).GetRawText()));
        Assert.Equal(File.ReadAllBytes(arpa), File.ReadAllBytes(_folder["back.arpa"]));
    }

    [Fact]
    public void The_unknown_word_itself_may_stand_in_a_prompt_and_a_strange_one_may_not()
    {
        string model = _folder["model.bin"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _text, "--out", model).Code);
        Assert.Equal(0, CommandLine.Run("generate", model, "--prompt", "the <unk>", "--length", "2").Code);
        CommandLine.Run("generate", model, "--prompt", "<unk> zebras", "--length", "2").Refuses(1, "'zebras', which is not in the model's vocabulary");
        CommandLine.Run("generate", model, "--beam", "2", "--must-contain", "<unk>").Refuses(1, "<unk>, which never is");
    }

    [Fact]
    public void The_better_the_model_the_lower_the_perplexity()
    {
        string test = CommandLine.WriteText(_folder["test.txt"], words: 500, seed: 2);
        double Perplexity(params string[] options)
        {
            // Windows does not replace a file that this process still has in memory.
            string model = _folder[$"{string.Join('_', options)}.bin"];
            Assert.Equal(0, CommandLine.Run(["ngram", "train", "--text", _text, "--out", model, .. options]).Code);
            return CommandLine.Run("ngram", "evaluate", model, "--text", test, "--json").Json.GetProperty("ppl").GetDouble();
        }

        double unigram = Perplexity("--order", "1");
        Assert.InRange(unigram, 5, 20);
        Assert.InRange(Perplexity("--order", "2", "--smoothing", "kneser-ney"), 5, 20);
        Assert.InRange(Perplexity("--order", "2", "--smoothing", "add-k", "--k", "0.5"), 5, 20);
        Assert.InRange(Perplexity("--order", "3", "--prune", "1e-3", "--closed"), 5, 20);
        Assert.InRange(Perplexity("--order", "3", "--tokens", "char"), 1.5, 8);
        Assert.InRange(Perplexity("--order", "3", "--tokens", "bpe", "--vocabulary", "300"), 1.5, 20);
        Assert.InRange(Perplexity("--order", "3", "--tokens", "word", "--lowercase", "--running"), 5, 20);
    }

    [Fact]
    public void Packed_text_is_written_by_every_verb_that_writes()
    {
        string trained = _folder["trained.arpa.gz"], plain = _folder["plain.arpa"], converted = _folder["converted.arpa.gz"], mixed = _folder["mixed.arpa.gz"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _text, "--out", trained).Code);
        Assert.Equal(0, CommandLine.Run("ngram", "convert", trained, plain).Code);
        Assert.Equal(0, CommandLine.Run("ngram", "convert", plain, converted).Code);
        Assert.Equal(0, CommandLine.Run("ngram", "mix", trained, plain, "--out", mixed).Code);

        Assert.Equal(File.ReadAllBytes(trained), File.ReadAllBytes(converted));
        Assert.True(new FileInfo(trained).Length < new FileInfo(plain).Length / 2);
        double Perplexity(string model) => CommandLine.Run("ngram", "evaluate", model, "--text", _text, "--json").Json.GetProperty("ppl").GetDouble();
        Assert.Equal(Perplexity(plain), Perplexity(trained));
        Close.Equal(Perplexity(plain), Perplexity(mixed), 1e-4, 0, "a model mixed with itself");
    }

    [Fact]
    public void A_limited_vocabulary_makes_words_unknown()
    {
        Said said = CommandLine.Run("ngram", "train", "--text", _text, "--out", _folder["m.arpa"], "--vocabulary", "3", "--json");
        Assert.Equal(3, said.Json.GetProperty("vocabulary").GetInt32());
        Assert.True(said.Json.GetProperty("unknown_tokens").GetInt32() > 100);
        Assert.Contains("of the tokens are <unk>", said.Error, StringComparison.Ordinal);
        JsonElement found = CommandLine.Run("ngram", "evaluate", _folder["m.arpa"], "--text", _text, "--json").Json;
        Assert.Equal(said.Json.GetProperty("unknown_tokens").GetInt32(), found.GetProperty("unknown").GetInt32());
    }

    [Fact]
    public void With_unknown_words_it_measures_as_evaluate_does()
    {
        string model = _folder["m.arpa"], test = _folder["test.txt"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _text, "--out", model).Code);
        File.WriteAllText(test, "the cat never saw a mat.\nAnn\n\nquite unknown words sat on the red mat.\n");
        JsonElement counted = CommandLine.Run("ngram", "evaluate", model, "--text", test, "--json").Json, measured = CommandLine.Run("evaluate", model, "--text", test, "--json").Json;

        Assert.Equal(6, counted.GetProperty("unknown").GetInt32());
        foreach ((string one, string other) in (ReadOnlySpan<(string, string)>)[("tokens", "tokens"), ("unknown", "unknown_tokens"), ("ppl_with_unknown", "perplexity")])
        {
            Close.Equal(measured.GetProperty(other).GetDouble(), counted.GetProperty(one).GetDouble(), 1e-12, 0, one);
        }

        Assert.True(counted.GetProperty("ppl").GetDouble() < counted.GetProperty("ppl_with_unknown").GetDouble());
        Assert.Contains(FormattableString.Invariant($"ppl_with_unknown  {measured.GetProperty("perplexity").GetDouble():0.000000}\n"), CommandLine.Run("ngram", "evaluate", model, "--text", test).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_there_is_not_replaced_without_being_told()
    {
        string path = _folder["m.arpa"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _text, "--out", path).Code);
        byte[] first = File.ReadAllBytes(path);
        CommandLine.Run("ngram", "train", "--order", "1", "--text", _text, "--out", path).Refuses(1, "is there already", "--force");
        CommandLine.Run("ngram", "convert", path, path).Refuses(1, "is there already");
        CommandLine.Run("ngram", "convert", path, _folder.Path).Refuses(1, ".arpa", ".bin");
        Directory.CreateDirectory(_folder["d.bin"]);
        CommandLine.Run("ngram", "convert", path, _folder["d.bin"], "--force").Refuses(1, "is a folder");
        Assert.Equal(first, File.ReadAllBytes(path));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.tmp-*"));
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--order", "1", "--text", _text, "--out", path, "--force").Code);
        Assert.NotEqual(first, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_folder_that_is_missing_is_found_before_anything_is_read()
    {
        // The text and the model are not there either, so what is said first was looked at first.
        string missing = _folder["none"];
        CommandLine.Run("ngram", "train", "--text", _folder["none.txt"], "--out", Path.Combine(missing, "m.arpa")).Refuses(1, "Cannot write", Path.Combine(missing, "m.arpa"));
        CommandLine.Run("ngram", "convert", _folder["none.arpa"], Path.Combine(missing, "m.bin")).Refuses(1, "Cannot write", Path.Combine(missing, "m.bin"));
        CommandLine.Run("ngram", "train", "--text", _folder["none.txt"], "--out", Path.Combine(_text, "m.arpa")).Refuses(1, "Cannot write");
        Assert.False(Directory.Exists(missing));
    }

    [Fact]
    public void What_cannot_be_is_refused_in_one_sentence_and_leaves_no_file()
    {
        File.WriteAllText(_folder["empty.txt"], "");
        File.WriteAllText(_folder["short.txt"], "a\n");
        File.WriteAllText(_folder["marks.txt"], "<s> a </s>\n");
        string path = _folder["m.arpa"];
        CommandLine.Run("ngram", "train", "--text", _folder["none.txt"], "--out", path).Refuses(1, "none.txt", "does not exist");
        CommandLine.Run("ngram", "train", "--text", _folder["empty.txt"], "--out", path).Refuses(1, "empty");
        CommandLine.Run("ngram", "train", "--text", _folder["short.txt"], "--out", path, "--order", "4").Refuses(1, "No 4 tokens in a row", "a lower order");
        CommandLine.Run("ngram", "train", "--text", _folder["marks.txt"], "--out", path).Refuses(1, "<s>");
        CommandLine.Run("ngram", "train", "--text", _text, "--min-token-count", "99999", "--out", path).Refuses(1, "--min-token-count");
        CommandLine.Run("ngram", "train", "--text", _text, "--out", _folder["m.lm"]).Refuses(1, ".arpa", ".bin");
        CommandLine.Run("ngram", "train", "--text", _text, "--tokens", "bpe", "--out", path).Refuses(1, "table of subwords", ".bin");
        CommandLine.Run("ngram", "evaluate", _text, "--text", _text).Refuses(1, "no ARPA file");
        CommandLine.Run("ngram", "evaluate", _folder["none.bin"], "--text", _text).Refuses(1, "no such file");
        CommandLine.Run("inspect", _folder["none.bin"]).Refuses(1, "no such file");
        CommandLine.Run("ngram", "evaluate", _text, "--text", "-").Refuses(2, "--text wants a file", "standard input is not read there");
        CommandLine.Run("ngram", "train", "--text", _text, "-", "--out", path).Refuses(2, "standard input is not read there");
        CommandLine.Run("ngram", "train", "--text", _text, "--out", "-").Refuses(2, "--out wants a file; found -", "./-");
        CommandLine.Run("train", "--text", _text, "--valid", "-").Refuses(2, "--valid wants a file; found -", "no place there");
        CommandLine.Run("train", "--text", _text, "--out", "-").Refuses(2, "--out wants a folder; found -");
        Assert.False(File.Exists(path));
    }

    /// <summary>The figures of an implementation of the same equations over dictionaries, in another language, on the same files.</summary>
    [Theory]
    [InlineData(2, 185.70469)]
    [InlineData(3, 148.28134)]
    [InlineData(5, 141.18605)]
    public void Penn_treebank_has_the_perplexity_of_an_independent_implementation(int order, double perplexity) => RequirePennTreebank(order, "1", perplexity, 1e-6);

    /// <summary>Without the 5-grams that are counted once: published as 141.2 (Mikolov, 2012); KenLM, which shares out otherwise what is left out, says 141.4708.</summary>
    [Fact]
    public void Penn_treebank_with_the_published_cut_off_has_about_the_published_perplexity() => RequirePennTreebank(5, "1,1,1,1,2", 141.4708, 1e-4);

    private void RequirePennTreebank(int order, string counts, double perplexity, double tolerance)
    {
        DataFolder data = RealData.Folder(["ptb/ptb.train.txt", "ptb/ptb.test.txt"]);
        string model = _folder["ptb.bin"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--order", $"{order}", "--min-count", counts, "--text", data.Path("ptb/ptb.train.txt"), "--out", model).Code);
        JsonElement found = CommandLine.Run("ngram", "evaluate", model, "--text", data.Path("ptb/ptb.test.txt"), "--json").Json;

        Assert.Equal((3761, 82430, 0), (found.GetProperty("sentences").GetInt32(), found.GetProperty("tokens").GetInt32(), found.GetProperty("unknown").GetInt32()));
        Close.Equal(perplexity, found.GetProperty("ppl").GetDouble(), tolerance, 0, $"order {order}");
    }
}
