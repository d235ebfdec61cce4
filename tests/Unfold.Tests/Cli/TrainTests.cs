using System.Text.Json;
using Unfold.Cli;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli;

/// <summary>What training reports and writes.</summary>
public sealed class TrainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;

    public TrainTests() => _text = CommandLine.WriteText(_folder["text.txt"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_json_object_has_the_promised_fields()
    {
        JsonElement json = CommandLine.Train(_text, _folder["run"], "--epochs", "2", "--json").Json;

        Assert.Equal(
            ["steps", "epochs", "parameters", "vocabulary", "unknown_tokens", "train_loss", "valid_loss", "valid_perplexity", "bits_per_token", "tokens_per_second", "seconds", "peak_memory_bytes", "model"],
            json.EnumerateObject().Select(field => field.Name));
        int vocabulary = File.ReadAllText(_text).Distinct().Count();
        Assert.Equal(vocabulary, json.GetProperty("vocabulary").GetInt32());
        Assert.Equal((32 * (vocabulary + 3 + 8 + 1)) + (9 * (vocabulary + 3)), json.GetProperty("parameters").GetInt32());
        Assert.Equal(2, json.GetProperty("epochs").GetDouble());
        Assert.Equal(0, json.GetProperty("steps").GetInt64() % 2);
        double loss = json.GetProperty("valid_loss").GetDouble();
        Assert.InRange(loss, 0.1, Math.Log(vocabulary + 3));
        Assert.Equal(Math.Exp(loss), json.GetProperty("valid_perplexity").GetDouble(), 12);
        Assert.Equal(loss / Math.Log(2), json.GetProperty("bits_per_token").GetDouble(), 12);
        Assert.InRange(json.GetProperty("peak_memory_bytes").GetInt64(), 1 << 20, 1L << 40);
        Assert.Equal(_folder["run"], json.GetProperty("model").GetString());
    }

    [Fact]
    public void The_validation_loss_is_that_of_the_weights_on_disk()
    {
        // The rate is so high that late validations are worse than an early one: the best weights are not the last.
        JsonElement json = CommandLine.Train(_text, _folder["run"], "--valid", CommandLine.WriteText(_folder["valid.txt"], 60, seed: 2), "--steps", "120", "--checkpoint-every", "5", "--lr", "0.3", "--clip-norm", "0", "--json").Json;
        JsonElement scored = CommandLine.Run("evaluate", _folder["run"], "--text", _folder["valid.txt"], "--threads", "1", "--json").Json;

        Assert.Equal(json.GetProperty("valid_loss").GetDouble(), scored.GetProperty("loss").GetDouble(), 5);
        LanguageModel best = new ModelFolder(_folder["run"]).Load();
        using SafeTensorsFile last = SafeTensorsFile.Open(_folder["run/checkpoint.safetensors"]);
        float[] bias = new float[best.Vocabulary.Count];
        last.ReadSingles("output.bias", bias, bias.Length);
        Assert.NotEqual(bias, ((SoftmaxOutput)best.Output).Projection.Bias.Values.ToArray());
    }

    [Fact]
    public void Without_a_folder_the_model_is_named_after_its_text_which_may_be_packed()
    {
        File.WriteAllBytes(_folder["我的.text.txt.gz"], Gzip.Pack(File.ReadAllBytes(_text)));
        foreach (string name in (string[])["text.txt", "我的.text.txt.gz"])
        {
            using CommandProcess process = CommandProcess.StartIn(_folder.Path, ["train", "--text", name, "--steps", "2", .. CommandLine.Tiny]);
            Said said = process.End();
            Assert.True(said.Code == 0, said.Error);
        }

        Assert.Equal(["text", "我的.text"], Directory.EnumerateDirectories(_folder["runs"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllBytes(_folder["runs/text/model.safetensors"]), File.ReadAllBytes(_folder["runs/我的.text/model.safetensors"]));
    }

    [Fact]
    public void A_small_model_learns_the_words()
    {
        JsonElement json = CommandLine.Train(_text, _folder["run"], "--tokens", "char", "--hidden", "24", "--lr", "0.02", "--steps", "400", "--json").Json;
        Assert.InRange(json.GetProperty("valid_loss").GetDouble(), 0.5, 1.3);
        Assert.InRange(json.GetProperty("train_loss").GetDouble(), 0.5, 1.2);
    }

    [Fact]
    public void Words_lower_case_and_every_choice_can_be_trained()
    {
        string[][] lines =
        [
            ["--tokens", "word", "--lowercase", "--cell", "gru", "--batching", "windows", "--loss", "last"],
            ["--cell", "rnn", "--activation", "relu", "--optimizer", "momentum", "--lr", "0.01", "--schedule", "step"],
            ["--optimizer", "adagrad", "--schedule", "exponential", "--clip-value", "1", "--clip-norm", "0"],
            ["--optimizer", "adamw", "--embedding", "3", "--schedule", "plateau", "--valid-fraction", "0"],
        ];
        for (int i = 0; i < lines.Length; i++)
        {
            JsonElement json = CommandLine.Train(_text, _folder[$"run{i}"], [.. lines[i], "--steps", "12", "--checkpoint-every", "5", "--json"]).Json;
            Assert.Equal(12, json.GetProperty("steps").GetInt32());
            JsonElement loss = json.GetProperty(lines[i].Contains("--valid-fraction") ? "train_loss" : "valid_loss");
            Assert.InRange(loss.GetDouble(), 0.5, 4);
        }

        Said inspected = CommandLine.Run("inspect", _folder["run0"], "--json");
        Assert.Equal("word", inspected.Json.GetProperty("tokens").GetString());
        Assert.True(inspected.Json.GetProperty("lowercase").GetBoolean());
        Assert.Equal(128, inspected.Json.GetProperty("embedding").GetInt32());
    }

    [Fact]
    public void Without_a_validation_text_no_validation_loss_is_claimed()
    {
        Said said = CommandLine.Train(_text, _folder["run"], "--steps", "6", "--checkpoint-every", "2", "--valid-fraction", "0", "--json");

        foreach (string field in (string[])["valid_loss", "valid_perplexity", "bits_per_token"])
        {
            Assert.Equal(JsonValueKind.Null, said.Json.GetProperty(field).ValueKind);
        }

        Assert.Contains("validation loss -\n", said.Error, StringComparison.Ordinal);
        Assert.Contains("valid perplexity - ", said.Error, StringComparison.Ordinal);
        Assert.Contains("| validation loss of these weights | - |", File.ReadAllText(_folder["run/README.md"]), StringComparison.Ordinal);
        Assert.Matches("valid_loss +-\n", CommandLine.Run("inspect", _folder["run"]).Output);
        Assert.Equal(JsonValueKind.Null, CommandLine.Run("inspect", _folder["run"], "--json").Json.GetProperty("results").GetProperty("valid_loss").ValueKind);
        Assert.Equal(0, CommandLine.Run("generate", _folder["run"], "--length", "3").Code);
    }

    [Fact]
    public void Patience_ends_a_run_that_no_longer_improves()
    {
        JsonElement json = CommandLine.Train(_text, _folder["run"], "--steps", "5000", "--checkpoint-every", "2", "--lr", "1", "--patience", "3", "--json").Json;
        Assert.InRange(json.GetProperty("steps").GetInt32(), 8, 4000);
    }

    [Fact]
    public void The_first_weights_can_come_from_another_model()
    {
        Assert.Equal(0, CommandLine.Train(_text, _folder["first"], "--steps", "60", "--lr", "0.02").Code);
        string other = _folder["other.txt"];
        File.WriteAllText(other, File.ReadAllText(_text) + "жжж\n");

        Said said = CommandLine.Run("train", "--text", other, "--init-from", _folder["first"], "--out", _folder["second"], "--batch-size", "4", "--seq-length", "10", "--steps", "1", "--lr", "1e-9", "--json");

        Assert.Contains("3 tokens (0.05%) are not in the vocabulary", said.Error, StringComparison.Ordinal);
        LanguageModel first = new ModelFolder(_folder["first"]).Load(), second = new ModelFolder(_folder["second"]).Load();
        Close.Equal(first.Parameters.Values, second.Parameters.Values, 0, 1e-7, "one tiny step");
    }

    [Fact]
    public void The_embedded_corpus_is_compared_with_counts_and_with_its_source()
    {
        Said said = CommandLine.Run("train", "--out", _folder["demo"], "--steps", "3", "--hidden", "16", "--threads", "1", "--json");

        Assert.InRange(said.Json.GetProperty("source_perplexity").GetDouble(), 1.05, said.Json.GetProperty("trigram_perplexity").GetDouble());
        Assert.Contains("a trigram count model", said.Error, StringComparison.Ordinal);
        Assert.Contains("unfold generate", said.Error, StringComparison.Ordinal);
        Assert.Contains("unfold train --text", said.Error, StringComparison.Ordinal);
        Assert.Contains("Perplexity per word", said.Error, StringComparison.Ordinal);
        Assert.Matches(@"\n  我昨天上学迟到了，老师批评了\.\.\. .*\([01]\.\d{3}\)\n  他们昨天上学迟到了，老师批评了\.\.\. .*\([01]\.\d{3}\)\n  yesterday the boy ", said.Error);
        Said inspected = CommandLine.Run("inspect", _folder["demo"], "--json");
        Assert.Equal("word", inspected.Json.GetProperty("tokens").GetString());
        Assert.Equal(0, inspected.Json.GetProperty("embedding").GetInt32());
    }

    [Fact]
    public void The_card_says_how_the_model_was_made()
    {
        JsonElement json = CommandLine.Train(_text, _folder["run"], "--steps", "9", "--seed", "77", "--json").Json;
        string card = File.ReadAllText(_folder["run/README.md"]);
        Assert.Contains("text.txt", card, StringComparison.Ordinal);
        Assert.Contains("| seed | 77 |", card, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"{json.GetProperty("valid_loss").GetDouble():0.0000} nats"), card, StringComparison.Ordinal);
        Assert.Contains("unfold generate run", card, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((int)TerminalKind.Plain)]
    [InlineData((int)TerminalKind.Live)]
    public void A_run_that_nobody_can_watch_goes_on(int kind)
    {
        using var output = new StringWriter();
        using var error = new Gone();
        var terminal = new Terminal(output, error, (TerminalKind)kind);

        Assert.Equal(0, Program.Run(CommandLine.Training(_text, _folder["run"], "--steps", "6", "--json"), terminal));
        Assert.StartsWith("{\"steps\":6,", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, Program.Run(CommandLine.Training(_text, _folder["run"]), terminal));
        Assert.Equal(2, Program.Run(["train", "--hiden", "5"], terminal));
    }

    [Theory]
    [InlineData((int)TerminalKind.Plain)]
    [InlineData((int)TerminalKind.Live)]
    public void A_sample_has_no_control_characters(int kind)
    {
        File.WriteAllText(_text, string.Concat(Enumerable.Repeat("a\ab\a\a", 400)));
        using var error = new StringWriter();
        Assert.Equal(0, Program.Run(CommandLine.Training(_text, _folder["run"], "--steps", "6"), new Terminal(TextWriter.Null, error, (TerminalKind)kind)));
        Assert.DoesNotContain('\a', error.ToString());
        Assert.Contains("??", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_but_data_comes_out_on_stdout()
    {
        Said quiet = CommandLine.Train(_text, _folder["run"], "--steps", "3");
        Assert.Equal("", quiet.Output);
        Assert.Contains("step 3/3", quiet.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', quiet.Error);
    }

    private sealed class Gone : StringWriter
    {
        public override void Write(char value) => throw new IOException("No space left on device");

        public override void Write(char[] buffer, int index, int count) => throw new IOException("No space left on device");

        public override void Write(string? value) => throw new IOException("No space left on device");

        public override void Flush() => throw new IOException("No space left on device");
    }
}
