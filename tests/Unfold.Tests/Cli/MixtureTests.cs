using System.Text.Json;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Text;

namespace Unfold.Tests.Cli;

/// <summary>N-grams and mixtures wherever a model is.</summary>
public sealed class MixtureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _run, _arpa, _text;

    public MixtureTests()
    {
        string train = CommandLine.WriteText(_folder["text.txt"]);
        (_run, _arpa) = (_folder["run"], _folder["words.arpa"]);
        _text = _folder["lines.txt"];
        File.WriteAllText(_text, "the cat sat on the mat.\nred Ann\n");
        Assert.Equal(0, CommandLine.Train(train, _run, "--steps", "20", "--tokens", "char").Code);
        Said trained = CommandLine.Run("ngram", "train", "--order", "3", "--tokens", "char", "--text", train, "--out", _arpa);
        Assert.True(trained.Code == 0, trained.Error);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_of_n_grams_add_up_to_their_perplexity()
    {
        string words = _folder["sentences.arpa"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--order", "3", "--tokens", "word", "--text", _folder["text.txt"], "--out", words).Code);
        JsonElement all = CommandLine.Run("ngram", "evaluate", words, "--text", _text, "--json").Json;
        double[] lines = Scores(words);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.True(line < -1));
        Assert.Equal(all.GetProperty("logprob10").GetDouble(), lines.Sum(), 1e-6 * -lines.Sum());
    }

    [Fact]
    public void A_mixture_lies_between_its_models_and_its_share_can_be_tuned()
    {
        double[] counted = Scores(_arpa), recurrent = Scores(_run), half = Scores(_run, "--mix", _arpa), mostly = Scores(_run, "--mix", _arpa, "--mix-weight", "0.999999");
        for (int line = 0; line < half.Length; line++)
        {
            Assert.True(half[line] > Math.Min(counted[line], recurrent[line]));
            Assert.Equal(recurrent[line], mostly[line], 0.02 * -recurrent[line]);
        }

        double[] tuned = Scores(_run, "--mix", _arpa, "--mix-tune", _text);
        Assert.True(tuned.Sum() >= half.Sum() - 1e-6, "The share of the greatest likelihood is no worse than a half.");
        Assert.Equal(0, CommandLine.Run("complete", _run, "the c", "--mix", _arpa).Code);
    }

    [Fact]
    public void A_network_can_know_the_tokens_of_n_grams()
    {
        string words = _folder["sentences.arpa"], run = _folder["network"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--order", "2", "--min-token-count", "60", "--lowercase", "--text", _folder["text.txt"], "--out", words).Code);
        Said trained = CommandLine.Train(_folder["text.txt"], run, "--steps", "20", "--vocabulary-of", words);
        Assert.True(trained.Code == 0, trained.Error);
        Vocabulary wanted = ModelFile.Open(words, cancellation: TestContext.Current.CancellationToken).Vocabulary, found = new ModelFolder(run).Load().Vocabulary;
        Assert.Equal(wanted.Tokenization, found.Tokenization);
        Assert.Equal(Enumerable.Range(0, wanted.Count).Select(id => wanted[id]), Enumerable.Range(0, found.Count).Select(id => found[id]));
        double[] counted = Scores(words), recurrent = Scores(run), half = Scores(run, "--mix", words);
        Assert.All(half, (line, place) => Assert.True(line > Math.Min(counted[place], recurrent[place])));
        Assert.Equal(0, CommandLine.Run("train", "--resume", run).Code);

        JsonElement network = CommandLine.Run("ngram", "evaluate", run, "--text", _folder["text.txt"], "--json").Json, both = CommandLine.Run("ngram", "evaluate", words, "--mix", run, "--mix-weight", "0.25", "--text", _folder["text.txt"], "--json").Json;
        Assert.Equal(CommandLine.Run("evaluate", run, "--text", _folder["text.txt"], "--json").Json.GetProperty("perplexity").GetDouble(), network.GetProperty("ppl_with_unknown").GetDouble(), 1e-4);
        Assert.Equal((network.GetProperty("sentences").GetInt32(), 0.25), (both.GetProperty("sentences").GetInt32(), both.GetProperty("mix_weight").GetDouble()));
        Assert.True(network.GetProperty("unknown").GetInt32() > 0);
        Assert.True(network.GetProperty("ppl").GetDouble() < network.GetProperty("ppl1").GetDouble());

        CommandLine.Train(_folder["text.txt"], _folder["next"], "--vocabulary-of", words, "--tokens", "word").Refuses(2, "--vocabulary-of", "--tokens");
        CommandLine.Train(_folder["text.txt"], _folder["next"], "--vocabulary-of", words, "--init-from", run).Refuses(2, "--vocabulary-of", "--init-from");
        CommandLine.Train(_folder["text.txt"], _folder["next"], "--vocabulary-of", _folder["nothing"]).Refuses(1, "nothing");
        CommandLine.Run("train", "--vocabulary-of", words, "--out", _folder["next"]).Refuses(2, "--vocabulary-of wants --text");
        Assert.False(Directory.Exists(_folder["next"]));
    }

    [Fact]
    public void Models_of_different_words_are_mixed_over_the_words_of_both()
    {
        string few = _folder["few.arpa"], run = _folder["network"], text = _folder["text.txt"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--order", "2", "--min-token-count", "60", "--text", text, "--out", few).Code);
        Said trained = CommandLine.Train(text, run, "--steps", "20", "--tokens", "space", "--sentences");
        Assert.True(trained.Code == 0, trained.Error);
        int known = ModelFile.Open(few, cancellation: TestContext.Current.CancellationToken).Vocabulary.Count, all = new ModelFolder(run).Load().Vocabulary.Count;
        Said measured = CommandLine.Run("evaluate", run, "--mix", few, "--text", text, "--json");
        Assert.Contains($"The models know different tokens, {all - known} only the first and 0 only the second", measured.Error, StringComparison.Ordinal);
        int Unknown(Said said) => said.Json.GetProperty("unknown_tokens").GetInt32();
        Assert.Equal(0, Unknown(measured));
        Assert.True(Unknown(CommandLine.Run("evaluate", few, "--text", text, "--json")) > 0);
        double[] recurrent = Scores(run), half = Scores(run, "--mix", few), turned = Scores(few, "--mix", run);
        Assert.All(half, (line, place) =>
        {
            // A word that only the network knows has half of its chance there: each line loses some of it and gains where the n-grams know better.
            Assert.Equal(turned[place], line, 1e-9 * -line);
            Assert.NotEqual(recurrent[place], line, 1e-3);
        });
        byte[] list = "{\"id\": \"one\", \"hypotheses\": [{\"text\": \"the cat sat on the mat.\", \"score\": 0}, {\"text\": \"the cat sat on the mat\", \"score\": 0}]}"u8.ToArray();
        Said rescored = CommandLine.RunWith(list, "rescore", run, "--mix", few, "--nbest", "-", "--json");
        Assert.True(rescored.Code == 0, rescored.Error);
        Assert.Equal(0, CommandLine.Run("generate", run, "--mix", few, "--length", "3").Code);
    }

    [Fact]
    public void A_mark_in_a_text_is_found_by_its_line()
    {
        string words = _folder["sentences.arpa"], good = _folder["good.txt"], bad = _folder["bad.txt"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--order", "2", "--text", _folder["text.txt"], "--out", words).Code);
        File.WriteAllText(good, "the cat\nthe dog\n");
        File.WriteAllText(bad, "the cat\nthe <s> dog\n");
        foreach (string[] command in (string[][])[["evaluate", words], ["ngram", "evaluate", words]])
        {
            CommandLine.Run([.. command, "--text", bad]).Refuses(1, $"Line 2 of the text {bad}: the text holds the token <s>");
            CommandLine.Run([.. command, "--text", good, "--text", bad]).Refuses(1, $"Line 4 of the files {good}, {bad}, counted through all of them");
        }
    }

    [Fact]
    public void N_grams_and_mixtures_are_measured_and_write()
    {
        double Loss(params string[] model) => CommandLine.Run(["evaluate", .. model, "--text", _text, "--json"]).Json.GetProperty("loss").GetDouble();
        double counted = Loss(_arpa), recurrent = Loss(_run), nearlyRecurrent = Loss(_run, "--mix", _arpa, "--mix-weight", "0.999999");
        Assert.NotEqual(counted, recurrent, 0.01);
        Assert.Equal(recurrent, nearlyRecurrent, 0.02);
        Assert.True(Loss(_run, "--mix", _arpa, "--mix-tune", _text) <= Math.Min(counted, recurrent) + 1e-3);
        double Share(params string[] mixture) => CommandLine.Run(["evaluate", _run, "--text", _text, "--json", "--mix", _arpa, .. mixture]).Json.GetProperty("mix_weight").GetDouble();
        Assert.Equal((0.5, 0.25), (Share(), Share("--mix-weight", "0.25")));
        Said tuned = CommandLine.Run("evaluate", _run, "--text", _text, "--json", "--mix", _arpa, "--mix-tune", _text);
        Assert.Contains(FormattableString.Invariant($"share of the mixture is {tuned.Json.GetProperty("mix_weight").GetDouble():G4}."), tuned.Error, StringComparison.Ordinal);
        Assert.Equal(0.25, CommandLine.Run("generate", _run, "--mix", _arpa, "--mix-weight", "0.25", "--length", "3", "--json").Json.GetProperty("mix_weight").GetDouble());
        Assert.False(CommandLine.Run("evaluate", _run, "--text", _text, "--json").Json.TryGetProperty("mix_weight", out _));
        byte[] list = "{\"id\": \"one\", \"hypotheses\": [{\"text\": \"the cat\", \"score\": 0}]}"u8.ToArray();
        Said rescored = CommandLine.RunWith(list, "rescore", _run, "--mix", _arpa, "--mix-weight", "0.25", "--nbest", "-", "--json");
        Assert.Contains("\"mix_weight\":0.25,", rescored.Output.TrimEnd('\n').Split('\n')[^1], StringComparison.Ordinal);
        CommandLine.Run("evaluate", _arpa, "--text", _text, "--cache", "100").Refuses(2, "--cache", "recurrent");

        foreach (string[] model in (string[][])[[_arpa], [_run, "--mix", _arpa]])
        {
            Said first = CommandLine.Run(["generate", .. model, "--length", "20", "--seed", "4"]), second = CommandLine.Run(["generate", .. model, "--length", "20", "--seed", "4"]);
            Assert.Equal(0, first.Code);
            Assert.NotEmpty(first.Output.Trim());
            Assert.Equal(first.Output, second.Output);
        }
    }

    [Fact]
    public void What_cannot_be_mixed_is_refused()
    {
        CommandLine.Run("score", _run, _text, "--mix-weight", "0.3").Refuses(2, "--mix-weight", "--mix");
        CommandLine.Run("score", _run, _text, "--mix-tune", _text).Refuses(2, "--mix-tune", "--mix");
        CommandLine.Run("score", _run, _text, "--mix", _arpa, "--mix-weight", "1").Refuses(2, "above 0 and below 1");
        CommandLine.Run("score", _run, _text, "--mix", _arpa, "--mix-weight", "0.5", "--mix-tune", _text).Refuses(2, "exclude each other");
        CommandLine.Run("score", _run, _text, "--mix", _folder["none.arpa"]).Refuses(1, "none.arpa");
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--order", "2", "--tokens", "word", "--text", _text, "--smoothing", "add-k", "--out", _folder["other.arpa"]).Code);
        CommandLine.Run("score", _run, _text, "--mix", _folder["other.arpa"]).Refuses(1, "mixed");
        File.WriteAllText(_folder["blank.txt"], "\n \n");
        CommandLine.Run("score", _folder["other.arpa"], _text, "--mix", _folder["other.arpa"], "--mix-tune", _folder["blank.txt"]).Refuses(1, "blank.txt has no line that is not blank");
    }

    private static double[] Scores(string model, string[] more, string text)
    {
        Said said = CommandLine.Run(["score", model, text, "--json", .. more]);
        Assert.True(said.Code == 0, said.Error);
        return [.. said.Output.TrimEnd('\n').Split('\n').Select(line =>
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty("logprob10").GetDouble();
        })];
    }

    private double[] Scores(string model, params string[] more) => Scores(model, more, _text);
}
