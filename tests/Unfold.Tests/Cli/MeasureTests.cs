using System.Globalization;
using System.Text.Json;
using Unfold.Autograd;
using Unfold.Cli;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli;

/// <summary>What evaluate, inspect and gradcheck say.</summary>
public sealed class MeasureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;
    private readonly string _run;

    public MeasureTests()
    {
        _text = CommandLine.WriteText(_folder["text.txt"]);
        _run = _folder["run"];
        Assert.Equal(0, CommandLine.Train(_text, _run, "--steps", "20", "--seed", "12", "--dropout", "0.25", "--layers", "2").Code);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_terminal_obeys_what_stands_in_a_file()
    {
        string config = _folder["run/config.json"];
        File.WriteAllText(config, File.ReadAllText(config).Replace("text.txt", "te\\u001b[31mxt.txt", StringComparison.Ordinal));
        string shown = CommandLine.Run("inspect", _run).Output;
        Assert.Contains("te?[31mxt.txt", shown, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001B', shown);
    }

    [Theory]
    [InlineData]
    [InlineData("--cache", "10")]
    [InlineData("--json")]
    public void A_loss_that_is_no_number_is_refused(params string[] more)
    {
        LanguageModel model = new ModelFolder(_run).Load();
        foreach (Parameter parameter in model.Output.Parameters)
        {
            // Each is a number, and their sum with a positive output is none.
            parameter.Edit().Fill(3e38f);
        }

        new ModelFolder(_folder["wild"]).Save(model);
        CommandLine.Run(["evaluate", _folder["wild"], "--text", _text, .. more]).Refuses(1, "should be a number and is none");
        CommandLine.Run("ngram", "evaluate", _folder["wild"], "--text", _text).Refuses(1, "should be a number and is none");
        Said scored = CommandLine.Run("score", _folder["wild"], _text);
        Assert.Equal(1, scored.Code);
        Assert.Contains("should be a number and is none", scored.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluation_is_the_mean_over_one_stream()
    {
        const string sentence = "the cat жsat on the red mat.\nAnn";
        File.WriteAllText(_folder["new.txt"], sentence);
        JsonElement json = CommandLine.Run("evaluate", _run, "--text", _folder["new.txt"], "--json").Json;

        LanguageModel model = new ModelFolder(_run).Load();
        int[] tokens = model.Vocabulary.Encode(sentence);
        var session = new LanguageModelSession(model);
        double sum = 0;
        for (int i = 0; i + 1 < tokens.Length; i++)
        {
            session.Feed(tokens[i]);
            double total = 0;
            foreach (float logit in session.Logits)
            {
                total += Math.Exp(logit);
            }

            sum += Math.Log(total) - session.Logits[tokens[i + 1]];
        }

        double loss = sum / (tokens.Length - 1);
        Assert.Equal(["tokens", "unknown_tokens", "loss", "perplexity", "bits_per_token", "bits_per_character"], json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(tokens.Length - 1, json.GetProperty("tokens").GetInt32());
        Assert.Equal(1, json.GetProperty("unknown_tokens").GetInt32());
        Assert.Equal(loss, json.GetProperty("loss").GetDouble(), 5);
        Assert.Equal(Math.Exp(loss), json.GetProperty("perplexity").GetDouble(), 3);
        Assert.Equal(loss / Math.Log(2), json.GetProperty("bits_per_token").GetDouble(), 5);

        // The character that the model does not know.
        Assert.Equal(JsonValueKind.Null, json.GetProperty("bits_per_character").ValueKind);
        Said table = CommandLine.Run("evaluate", _run, "--text", _folder["new.txt"]);
        Assert.Contains($"loss                {json.GetProperty("loss").GetDouble().ToString("0.000000", CultureInfo.InvariantCulture)} nats per token\n", table.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("char", true, 1)]
    [InlineData("char", false, 0)]
    [InlineData("word", true, 3)]
    [InlineData("space", false, 0)]
    [InlineData("bpe", true, 3)]
    public void Models_that_cut_a_text_otherwise_compare_by_the_bits_of_a_character(string kind, bool running, int read)
    {
        const string text = "The cat, 😀 the Cat.\r\n\r\n \r\n The cat sat; the cat 我.", sentences = "The cat, 😀 the Cat.\nThe cat sat; the cat 我.\n";
        File.WriteAllText(_folder["new.txt"], text);
        Said counted = CommandLine.Run("ngram", "train", "--order", "2", "--tokens", kind, running ? "--running" : "--sentences", "--vocabulary", "290", "--text", _folder["new.txt"], "--out", _folder["new.bin"]);
        Assert.True(counted.Code == 0, counted.Error);
        Said table = CommandLine.Run("evaluate", _folder["new.bin"], "--text", _folder["new.txt"]);
        JsonElement json = CommandLine.Run("evaluate", _folder["new.bin"], "--text", _folder["new.txt"], "--json").Json;
        int characters = (running ? text.Replace("\r\n", "\n", StringComparison.Ordinal) : sentences).EnumerateRunes().Count() - read;
        double wanted = json.GetProperty("bits_per_token").GetDouble() * json.GetProperty("tokens").GetInt32() / characters;
        Assert.Equal(0, json.GetProperty("unknown_tokens").GetInt32());
        Close.Equal(wanted, json.GetProperty("bits_per_character").GetDouble(), 1e-12, 0, "bits per character");
        Assert.EndsWith($"\nbits per character  {wanted.ToString("0.000000", CultureInfo.InvariantCulture)}\n", table.Output, StringComparison.Ordinal);
        if (kind == "char")
        {
            Close.Equal(json.GetProperty("bits_per_token").GetDouble(), wanted, 1e-12, 0, "a token is a character");
        }
    }

    [Fact]
    public void Inspection_shows_layers_parameters_settings_and_results()
    {
        JsonElement json = CommandLine.Run("inspect", _run, "--json").Json;
        LanguageModel model = new ModelFolder(_run).Load();

        Assert.Equal(2, json.GetProperty("layers").GetInt32());
        Assert.Equal(model.Settings.CountParameters(model.Vocabulary.Count), json.GetProperty("tensors").EnumerateArray().Sum(tensor => tensor.GetProperty("shape").EnumerateArray().Aggregate(1, (product, size) => product * size.GetInt32())));
        Assert.Equal(12, json.GetProperty("training").GetProperty("seed").GetInt32());
        Assert.Equal(0.25, json.GetProperty("training").GetProperty("dropout").GetDouble());
        Assert.Equal(0.002, json.GetProperty("training").GetProperty("lr").GetDouble());
        Assert.Equal("adam", json.GetProperty("training").GetProperty("optimizer").GetString());
        Assert.Equal(20, json.GetProperty("results").GetProperty("steps").GetInt32());
        Said table = CommandLine.Run("inspect", _run);
        Assert.All(model.Parameters, parameter => Assert.Contains(parameter.Name, table.Output, StringComparison.Ordinal));
        Assert.Contains(_text, table.Output, StringComparison.Ordinal);
        Assert.Equal("", table.Error);
    }

    [Fact]
    public void Output_that_cannot_be_written_is_a_failure()
    {
        using var output = new FullDisk();
        using var error = new StringWriter { NewLine = "\n" };
        Assert.Equal(1, Program.Run(["inspect", _run], new Terminal(output, error, TerminalKind.Plain)));
        Assert.Equal("error: Reading or writing failed: No space left on device\n", error.ToString());
    }

    [Fact]
    public void A_model_that_is_no_run_can_be_inspected()
    {
        LanguageModel trained = new ModelFolder(_run).Load();
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 5, Cell = CellKind.Gru }, trained.Vocabulary, new SeededRandom(3));
        new ModelFolder(_folder["plain"]).Save(model);
        Said said = CommandLine.Run("inspect", _folder["plain"]);
        Assert.Equal(0, said.Code);
        Assert.Contains("Gru", said.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Training", said.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("rnn")]
    public void One_step_from_a_state_of_zeros_gives_recurrent_weights_no_gradient_and_that_is_right(string cell)
    {
        JsonElement json = CommandLine.Run("gradcheck", "--cell", cell, "--seq-length", "1", "--json").Json;
        Assert.True(json.GetProperty("passed").GetBoolean());
        JsonElement recurrent = json.GetProperty("parameters").EnumerateArray().Single(parameter => parameter.GetProperty("name").GetString() == "layers.0.recurrent_weights");
        Assert.Equal(0, recurrent.GetProperty("largest_gradient").GetDouble());
        Assert.Equal(0, recurrent.GetProperty("relative_error").GetDouble());
    }

    [Theory]
    [InlineData("")]
    [InlineData("--cell rnn --activation relu --layers 1 --loss last")]
    [InlineData("--cell gru --embedding 4 --hidden 5 --batch-size 2")]
    [InlineData("--cell mingru --embedding 4 --seq-length 9")]
    [InlineData("--cell minlstm --layers 2 --loss last")]
    public void Right_gradients_pass_and_a_tolerance_of_nothing_does_not(string options)
    {
        string[] line = ["gradcheck", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        JsonElement json = CommandLine.Run([.. line, "--json"]).Json;
        Assert.True(json.GetProperty("passed").GetBoolean());
        Assert.InRange(json.GetProperty("largest_error").GetDouble(), 1e-9, 1e-5);
        Assert.All(json.GetProperty("parameters").EnumerateArray(), parameter => Assert.NotEqual(0, parameter.GetProperty("largest_gradient").GetDouble()));

        Said failed = CommandLine.Run([.. line, "--tolerance", "1e-12"]);
        Assert.Equal(1, failed.Code);
        Assert.Contains("Failed", failed.Error, StringComparison.Ordinal);
        Assert.Contains(options.Contains("--cell min", StringComparison.Ordinal) ? "layers.0.input_weights" : "layers.0.recurrent_weights", failed.Output, StringComparison.Ordinal);
    }

    private sealed class FullDisk : StringWriter
    {
        public override void Flush() => throw new IOException("No space left on device");
    }
}
