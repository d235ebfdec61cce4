using System.Text.Json;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Persistence;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>What the command line has for models of words: tied weights, dropouts, averages, large vocabularies, models that follow the text.</summary>
public sealed class WordOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;

    public WordOptionsTests() => _text = CommandLine.WriteText(_folder["text.txt"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_with_every_option_is_trained_shown_and_measured()
    {
        string[] options = ["--hidden", "9", "--embedding", "9", "--tied", "--dropout", "0.1", "--dropout-mask", "locked", "--word-dropout", "0.05", "--weight-dropout", "0.2", "--averaging", "0.5", "--optimizer", "sgd", "--lr", "5", "--schedule", "halving", "--checkpoint-every", "10"];
        Said trained = CommandLine.Train(_text, _folder["run"], ["--steps", "40", .. options]);
        Assert.True(trained.Code == 0, trained.Error);
        LanguageModel model = new ModelFolder(_folder["run"]).Load();
        Assert.Equal((OutputWeights.Tied, DropoutMask.Locked, 0.05, 0.2), (model.Settings.OutputWeights, model.Settings.DropoutMask, model.Settings.WordDropout, model.Settings.WeightDropout));

        JsonElement shown = CommandLine.Run("inspect", _folder["run"], "--json").Json;
        Assert.Equal("tied", shown.GetProperty("output_weights").GetString());
        Assert.Equal("exact", shown.GetProperty("softmax").GetString());
        Assert.Equal("locked", shown.GetProperty("training").GetProperty("dropout_mask").GetString());
        Assert.Equal(0.5, shown.GetProperty("training").GetProperty("averaging").GetDouble());
        string card = File.ReadAllText(_folder["run/README.md"]);
        Assert.Contains("| dropout | 0.1, the same at all steps of a window, words 0.05, recurrent weights 0.2 |", card, StringComparison.Ordinal);
        Assert.Contains("| averaged weights | those of the last 50% of the updates", card, StringComparison.Ordinal);

        // The weights of the model are the better ones of a validation, and it measures the same with them.
        double best = shown.GetProperty("results").GetProperty("valid_loss").GetDouble();
        Assert.InRange(best, 0.5, 5);
        double still = Loss();
        Assert.True(Loss("--dynamic", "0.5") < still);
        Assert.NotEqual(still, Loss("--cache", "50"));
        Assert.NotEqual(Loss("--cache", "50"), Loss("--cache", "50", "--cache-flatness", "1", "--cache-weight", "0.3"));
        Assert.Equal(still, Loss("--dynamic", "0", "--cache", "0"));
        Assert.Equal(still, Loss());
    }

    [Fact]
    public void A_run_that_averages_keeps_the_mean_and_ends_with_the_same_bits_each_time()
    {
        string[] options = ["--steps", "30", "--hidden", "8", "--averaging", "0.6", "--checkpoint-every", "10", "--dropout", "0.2"];
        Assert.Equal(0, CommandLine.Train(_text, _folder["whole"], options).Code);
        Assert.Equal(0, CommandLine.Train(_text, _folder["run"], options).Code);
        using SafeTensorsFile file = SafeTensorsFile.Open(_folder["run/checkpoint.safetensors"]);
        long[] count = new long[1];
        file.ReadInt64s("average_count", count, 1);
        Assert.Equal(18, count[0]);
        Assert.Equal(File.ReadAllBytes(_folder["whole/model.safetensors"]), File.ReadAllBytes(_folder["run/model.safetensors"]));
    }

    [Fact]
    public void An_average_wants_a_validation_text_to_be_better_on() =>
        CommandLine.Train(_text, _folder["run"], "--steps", "5", "--averaging", "0.5", "--valid-fraction", "0").Refuses(1, "--averaging", "--valid", "--valid-fraction");

    [Fact]
    public void A_model_against_a_sample_of_the_vocabulary_learns_and_is_measured_exactly()
    {
        Said trained = CommandLine.Train(_text, _folder["run"], "--steps", "60", "--hidden", "12", "--softmax", "sampled", "--sampled-tokens", "5");
        Assert.True(trained.Code == 0, trained.Error);
        Assert.Equal("sampled", CommandLine.Run("inspect", _folder["run"], "--json").Json.GetProperty("softmax").GetString());
        Assert.InRange(Loss(), 0.5, 4);
    }

    [Theory]
    [InlineData("train --text a --tied", "Tied weights want an embedding")]
    [InlineData("train --text a --word-dropout 0.1", "Word dropout drops vectors of an embedding")]
    [InlineData("train --text a --cell mingru --weight-dropout 0.1", "found the cell mingru")]
    [InlineData("train --text a --softmax adaptive --embedding 256 --tied", "leave out one of the two")]
    [InlineData("train --text a --dropout-mask always", "--dropout-mask must be one of independent, locked; found always")]
    [InlineData("evaluate a --text b --cache 5 --cache-flatness 1e39", "--cache-flatness must be a number of at least 0 that single precision can hold; found 1e39")]
    [InlineData("train --text a --averaging 1", "--averaging must be a number of at least 0 and below 1; found 1")]
    [InlineData("train --text a --word-dropout 1", "--word-dropout must be a number of at least 0 and below 1")]
    [InlineData("train --text a --sampled-tokens 0", "--sampled-tokens must be a whole number of at least 1")]
    [InlineData("train --text a --sampled-tokens 5", "--sampled-tokens wants --softmax sampled too")]
    [InlineData("train --text a --softmax adaptive --sampled-tokens 5", "--sampled-tokens wants --softmax sampled too")]
    [InlineData("evaluate m --text a --cache-weight 0.2", "give its size with --cache N")]
    [InlineData("evaluate m --text a --cache 5 --cache-weight 1", "--cache-weight must be a number of at least 0 and below 1")]
    [InlineData("evaluate m --text a --dynamic -1", "--dynamic must be a number of at least 0")]
    public void Options_that_cannot_be_meant_are_refused(string line, string words) =>
        CommandLine.Run([.. line.Split(' ').Select(word => word is "a" ? _text : word)]).Refuses(2, words);

    [Fact]
    public void A_vocabulary_too_small_for_clusters_is_told() =>
        Assert.Contains("too small for clusters of rare tokens", CommandLine.Train(_text, _folder["run"], "--steps", "1", "--softmax", "adaptive").Error, StringComparison.Ordinal);

    [Fact]
    public void A_sample_larger_than_half_of_the_vocabulary_is_refused_and_nothing_is_written()
    {
        CommandLine.Run("train", "--text", _text, "--softmax", "sampled", "--out", _folder["run"]).Refuses(1, "draws at most half of the");
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void A_model_to_start_from_keeps_its_output()
    {
        Assert.Equal(0, CommandLine.Train(_text, _folder["first"], "--steps", "5", "--hidden", "8", "--embedding", "8").Code);
        CommandLine.Run("train", "--text", _text, "--out", _folder["second"], "--init-from", _folder["first"], "--tied").Refuses(2, "--tied", "weights of its own");
        CommandLine.Run("train", "--text", _text, "--out", _folder["second"], "--init-from", _folder["first"], "--softmax", "adaptive").Refuses(2, "--softmax", "softmax exact");
        Assert.Equal(0, CommandLine.Run("train", "--text", _text, "--out", _folder["second"], "--init-from", _folder["first"], "--steps", "5", "--weight-dropout", "0.3", "--word-dropout", "0.1").Code);
        Assert.Equal(0.3, new ModelFolder(_folder["second"]).Load().Settings.WeightDropout);
    }

    private double Loss(params string[] options) =>
        CommandLine.Run(["evaluate", _folder["run"], "--text", _text, "--json", .. options]).Json.GetProperty("loss").GetDouble();
}
