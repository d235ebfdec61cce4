using System.Text.Json;
using Unfold.Experiments;
using Unfold.Tests.Persistence;
using Unfold.Tests.Text;
using Program = Unfold.Experiments.Program;

namespace Unfold.Tests.Experiments;

/// <summary>The experiments that tag and classify sequences, on a part of their data.</summary>
public sealed class TextExperimentTests
{
    private static (string Model, string Metric, double Value, long? Parameters)[] Run(string name, string threads)
    {
        Experiment experiment = Unfold.Experiments.Experiments.All.Single(one => one.Name == name);
        string data = RealData.Folder(experiment.DataNeeded).Require(experiment.DataNeeded[0]);
        data = data[..^experiment.DataNeeded[0].Length];
        using var pictures = new TemporaryFolder();
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = Program.Run([name, "--quick", "--json", "--data", data, "--threads", threads, "--out", pictures.Path], [experiment], output, error);
        Assert.True(code == 0, error.ToString());
        string[] drawn = Directory.GetFiles(pictures.Path, $"{name}*.svg");
        Assert.NotEmpty(drawn);
        Assert.All(drawn, picture => Assert.StartsWith("<svg", File.ReadAllText(picture), StringComparison.Ordinal));
        return [.. output.ToString().TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).Select(line => (
            line.GetProperty("model").GetString()!,
            line.GetProperty("metric").GetString()!,
            line.GetProperty("value").GetDouble(),
            line.GetProperty("parameters").ValueKind == JsonValueKind.Null ? (long?)null : line.GetProperty("parameters").GetInt64()))];
    }

    // A bound lies between what a model that learns nothing has and what this one has.
    [Theory]
    [InlineData("names", "bidirectional GRU 128", 60)]
    [InlineData("questions", "bidirectional LSTM 100", 40)]
    [InlineData("polarity", "bidirectional LSTM 64", 57)]
    [InlineData("chunking", "bidirectional LSTM 128", 60)]
    public void A_quick_run_reports_its_models_and_a_picture(string name, string model, double above)
    {
        (string Model, string Metric, double Value, long? Parameters)[] results = Run(name, "2");
        Assert.All(results, result => Assert.InRange(result.Value, 0, 100));
        (_, _, double value, long? parameters) = results.First(result => result.Model == model);
        Assert.True(value > above, $"{model}: {value}");
        Assert.True(parameters > 20_000);
        Assert.Contains(results, result => result.Parameters is null);
    }

    [Fact]
    public void Chinese_is_cut_better_with_a_list_of_words()
    {
        Tokenizations.RequireIcu();
        double[] scores = [.. Run("segmentation", "1").Where(result => result.Metric == "F1 %").Select(result => result.Value)];
        Assert.Equal(4, scores.Length);
        Assert.True(scores[0] < 45 && scores[1] > 70 && scores[2] > scores[1] && scores[3] > scores[1], string.Join(' ', scores));
    }

    [Fact]
    public void The_vowels_are_told_apart_in_seconds_and_alike_on_any_threads()
    {
        (string Model, string Metric, double Value, long? Parameters)[] results = Run("vowels", "1");
        Assert.Equal(results, Run("vowels", "3"));
        Assert.Equal(("nearest mean frame", 91.62, null), (results[0].Model, Math.Round(results[0].Value, 2), results[0].Parameters));
        Assert.True(results[^1].Value > 85);
    }

    [Theory]
    [InlineData("treebank", "test perplexity", 7)]
    [InlineData("treebanktuned", "test perplexity", 7)]
    [InlineData("treebanksteps", "validation perplexity", 7)]
    public void Word_models_learn_a_part_of_the_treebank(string name, string metric, int models)
    {
        (string Model, string Metric, double Value, long? Parameters)[] results = Run(name, "2");
        Assert.Equal(models, results.Count(result => result.Metric == metric));

        // 600 sentences have 2,595 different words.
        Assert.All(results, result => Assert.InRange(result.Value, 50, 400));
        if (name == "treebank")
        {
            double counted = results[0].Value, network = results[4].Value, both = results[5].Value;
            Assert.True(both < counted && both < network, $"{both} is less than {counted} and {network}");
        }
    }

    [Theory]
    [InlineData("shakespeare")]
    [InlineData("nietzsche")]
    [InlineData("tang")]
    [InlineData("words")]
    public void Counts_and_networks_are_measured_on_a_text(string name)
    {
        (string Model, string Metric, double Value, long? Parameters)[] results = Run(name, "2");
        Assert.Equal(3 + (2 * 4), results.Length);

        // Where a network has learned little in two passes, the mixture leaves the best n-grams nearly alone.
        double counted = results.Take(3).Min(result => result.Value);
        Assert.All(results.Where(result => result.Model.Contains(" and ", StringComparison.Ordinal)), result => Assert.InRange(result.Value, 1, 1.02 * counted));
    }
}
