using System.Text.Json;
using Unfold.Tests.Persistence;
using Program = Unfold.Experiments.Program;

namespace Unfold.Tests.Experiments;

/// <summary>The experiments that turn one sequence into another, on a part of their data.</summary>
public sealed class SequenceToSequenceExperimentTests
{
    // The bound lies between what a model that learns nothing has and what this one has after a few seconds.
    [Theory]
    [InlineData("reversal", "GRU 32, multiplicative attention", 60)]
    [InlineData("dates", "LSTM 64, multiplicative attention", 5)]
    public void A_quick_run_reports_its_models_and_a_picture(string name, string model, double above)
    {
        Dictionary<string, double> results = Run(name, []);
        Assert.Equal(3, results.Count);
        Assert.All(results, result => Assert.InRange(result.Value, 0, 100));
        Assert.True(results[model] > above, $"{model}: {results[model]}");
    }

    [Fact]
    public void A_quick_translation_has_its_baseline_and_a_picture()
    {
        string file = RealData.Folder(["tatoeba_en_zh/cmn.txt"]).Require("tatoeba_en_zh/cmn.txt");
        Dictionary<string, double> results = Run("translation", ["--data", Path.GetDirectoryName(Path.GetDirectoryName(file))!]);
        Assert.Equal(5, results.Count);
        Assert.InRange(results["word table"], 0, 20);
        Assert.All(results, result => Assert.InRange(result.Value, 0, 100));
    }

    [Fact]
    public void A_quick_run_of_gaps_finds_a_word_easier_from_both_its_sides()
    {
        Text.Tokenizations.RequireIcu();
        string file = RealData.Folder(["tatoeba_en_zh/cmn.txt"]).Require("tatoeba_en_zh/cmn.txt");
        Dictionary<string, double> results = Run("gaps", ["--data", Path.GetDirectoryName(Path.GetDirectoryName(file))!]);
        Assert.Equal(7, results.Count);
        Assert.InRange(results["买 in 我的手机坏了，我打算____一部新手机。"], 1e-3, 1);
        Assert.All((string[])["English words", "Chinese characters", "Chinese words"], name => Assert.InRange(results[$"LSTM 128 from both sides, {name}"], 2, 0.95 * results[$"LSTM 128 from the left, {name}"]));
    }

    private static Dictionary<string, double> Run(string name, string[] more)
    {
        using var pictures = new TemporaryFolder();
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = Program.Run([name, "--quick", "--json", "--threads", "2", "--out", pictures.Path, .. more], Unfold.Experiments.Experiments.All, output, error);
        Assert.True(code == 0, error.ToString());
        Assert.StartsWith("<svg", File.ReadAllText(pictures[$"{name}.svg"]), StringComparison.Ordinal);
        return output.ToString().TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(line => line.GetProperty("model").GetString()!, line => line.GetProperty("value").GetDouble());
    }
}
