using System.Text.Json;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Persistence;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>The options of the LSTM, own widths and residual connections on the command line.</summary>
public sealed class LstmOptionsTests : IDisposable
{
    private const string Every =
        "--peepholes --projection 6 --cell-clip 2 --projection-clip 0.7 --forget-bias 2 --coupled --gate-activation sigmoid --cell-activation tanh --output-activation identity --layer-norm --recurrent-dropout 0.1 --zoneout 0.05,0.2 --hidden 9,8 --residual";

    private readonly TemporaryFolder _folder = new();
    private readonly string _text;

    public LstmOptionsTests() => _text = CommandLine.WriteText(_folder["text.txt"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_with_every_option_is_trained_used_and_shown()
    {
        Said trained = Train("run", Every);
        Assert.True(trained.Code == 0, trained.Error);
        LanguageModel model = new ModelFolder(_folder["run"]).Load();
        Assert.Equal(
            "peepholes, projection=6, cell-clip=2, projection-clip=0.7, forget-bias=2, coupled, output-activation=identity, layer-norm, recurrent-dropout=0.1, zoneout-hidden=0.05, zoneout-cell=0.2",
            model.Settings.Lstm.ToString());
        Assert.Equal(new LayerWidths(9, 8), model.Settings.Hidden);
        Assert.Equal(StackConnection.Residual, model.Settings.Connection);
        Assert.Equal(2, model.Settings.Layers);

        Assert.Equal(0, CommandLine.Run("generate", _folder["run"], "--length", "20").Code);
        Assert.InRange(CommandLine.Run("evaluate", _folder["run"], "--text", _text, "--json").Json.GetProperty("loss").GetDouble(), 0.1, 4);
        JsonElement shown = CommandLine.Run("inspect", _folder["run"], "--json").Json;
        Assert.Equal([9, 8], shown.GetProperty("hidden").EnumerateArray().Select(width => width.GetInt32()));
        Assert.Equal("residual", shown.GetProperty("connection").GetString());
        Assert.Equal(model.Settings.Lstm.ToString(), shown.GetProperty("options").GetString());
        string card = File.ReadAllText(_folder["run/README.md"]);
        Assert.Contains("ExtendedLstmCell(6 -> 6, 8 units, peepholes, projection=6, cell-clip=2,", card, StringComparison.Ordinal);
        Assert.Contains("its input added", card, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_with_every_option_goes_on_with_the_same_bits()
    {
        Assert.Equal(0, Train("straight", $"{Every} --threads 2", steps: 1500).Code);
        using (CommandProcess process = CommandProcess.Start(CommandLine.Training(_text, _folder["killed"], [.. Every.Split(' '), "--steps", "1500", "--checkpoint-every", "20"])))
        {
            process.WaitFor(_folder["killed/model.safetensors"]);
            process.Kill();
            process.End();
        }

        Assert.True(TrainingCheckpoint.ReadResults(_folder["killed/checkpoint.safetensors"]).Results.Steps < 1500);
        Assert.Equal(0, CommandLine.Run("train", "--resume", _folder["killed"]).Code);
        Assert.Equal(File.ReadAllBytes(_folder["straight/model.safetensors"]), File.ReadAllBytes(_folder["killed/model.safetensors"]));
    }

    [Theory]
    [InlineData("--peepholes --coupled --cell-clip 1")]
    [InlineData("--projection 3 --projection-clip 0.5 --layer-norm")]
    [InlineData("--zoneout 0.3 --gate-activation tanh --hidden 6,4,5")]
    [InlineData("--cell gru --residual --layers 3")]
    public void Their_gradients_can_be_checked(string options)
    {
        JsonElement json = CommandLine.Run(["gradcheck", .. options.Split(' '), "--seq-length", "5", "--json"]).Json;
        Assert.True(json.GetProperty("passed").GetBoolean());
        Assert.InRange(json.GetProperty("largest_error").GetDouble(), 1e-9, 1e-5);
    }

    [Fact]
    public void Training_goes_on_from_other_weights_with_other_chance_but_no_other_shape()
    {
        string origin = _folder["origin"];
        Assert.Equal(0, Train("origin", "--peepholes --zoneout 0.1").Code);
        Assert.Equal(0, CommandLine.Run("train", "--text", _text, "--init-from", origin, "--out", _folder["next"], "--steps", "3", "--zoneout", "0.2,0", "--recurrent-dropout", "0.1", "--peepholes").Code);
        Assert.Equal("peepholes, recurrent-dropout=0.1, zoneout-hidden=0.2", new ModelFolder(_folder["next"]).Load().Settings.Lstm.ToString());
        From("--layer-norm").Refuses(2, "which has an lstm with peepholes, zoneout-hidden=0.1, zoneout-cell=0.1: leave out --layer-norm");
        From("--projection", "5").Refuses(2, "leave out --projection");
        From("--hidden", "8,8").Refuses(2, "which has hidden 8: leave out --hidden");
        From("--residual").Refuses(2, "which has no residual connections: leave out --residual");

        Said From(params string[] more) => CommandLine.Run(["train", "--text", _text, "--init-from", origin, "--out", _folder["other"], .. more]);
    }

    [Theory]
    [InlineData("train --cell gru --peepholes", "--peepholes is for the cell lstm only; the cell is gru: leave it out, or choose --cell lstm.")]
    [InlineData("train --cell rnn --zoneout 0.1", "--zoneout is for the cell lstm only; the cell is rnn")]
    [InlineData("gradcheck --cell rnn --layer-norm", "--layer-norm is for the cell lstm only")]
    [InlineData("train --projection-clip 1", "choose a projection too")]
    [InlineData("train --cell-clip -1", "--cell-clip must be a number of at least 0 that single precision can hold (1.5e-45 to 3.4e38); found -1.")]
    [InlineData("train --projection -1", "--projection must be a whole number of at least 0; found -1.")]
    [InlineData("train --zoneout 1", "--zoneout must be a number of at least 0 and below 1, or two with a comma between; found 1.")]
    [InlineData("train --zoneout 0.1,0.2,0.3", "found 0.1,0.2,0.3.")]
    [InlineData("train --zoneout 0.1,", "found 0.1,.")]
    [InlineData("train --recurrent-dropout 1", "--recurrent-dropout must be a number of at least 0 and below 1; found 1.")]
    [InlineData("train --forget-bias NaN", "--forget-bias must be a number that single precision can hold (0, or a size of 1.5e-45 to 3.4e38); found NaN.")]
    [InlineData("train --gate-activation hard", "--gate-activation must be one of tanh, relu, sigmoid, identity; found hard.")]
    [InlineData("train --hidden 8,", "--hidden must be a whole number of at least 1; found nothing.")]
    [InlineData("train --hidden 8,0", "found 0.")]
    [InlineData("train --hidden 8,9 --layers 3", "The number of hidden sizes must be 1, or one for each of the 3 layers; found 2.")]
    [InlineData("gradcheck --hidden 8,2000", "--hidden must be a whole number of 1 to 1024; found 2000.")]
    [InlineData("train --residual", "found 1 layer of 128")]
    [InlineData("train --layer-norm --hidden 1", "at least 2 units")]
    public void What_cannot_be_meant_is_refused(string line, string words) => CommandLine.Run(line.Split(' ')).Refuses(2, words);

    private Said Train(string folder, string options, int steps = 20)
    {
        string[] given = options.Split(' ');
        return CommandLine.Train(_text, _folder[folder], [.. given, "--steps", $"{steps}", "--checkpoint-every", "20"]);
    }
}
