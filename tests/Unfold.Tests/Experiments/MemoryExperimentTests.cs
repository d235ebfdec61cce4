using System.Text.Json;
using Unfold.Experiments;
using Unfold.Tests.Persistence;
using Program = Unfold.Experiments.Program;

namespace Unfold.Tests.Experiments;

/// <summary>The experiments on memory, on a part of their data.</summary>
public sealed class MemoryExperimentTests
{
    private static Dictionary<string, double> Run(string name)
    {
        Experiment experiment = Unfold.Experiments.Experiments.All.Single(one => one.Name == name);
        string[] data = [];
        if (experiment.DataNeeded.Count > 0)
        {
            string needed = RealData.Folder(experiment.DataNeeded).Require(experiment.DataNeeded[0]);
            data = ["--data", needed[..^experiment.DataNeeded[0].Length]];
        }

        using var pictures = new TemporaryFolder();
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = Program.Run([name, "--quick", "--json", "--threads", "2", "--out", pictures.Path, .. data], [experiment], output, error);
        Assert.True(code == 0, error.ToString());
        Assert.StartsWith("<svg", File.ReadAllText(pictures[$"{name}.svg"]), StringComparison.Ordinal);
        return output.ToString().TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(
            line => line.GetProperty("model").GetString()!,
            line => line.GetProperty("value").GetDouble());
    }

    [Fact]
    public void A_quick_run_of_digits_names_them_better_than_chance() =>
        Assert.True(Run("digits").Values.Max() > 15);

    [Theory]
    [InlineData("adding", 0.5)]
    [InlineData("copy", 2.4)]
    [InlineData("chorales", 62)]
    public void A_quick_run_reports_finite_losses(string name, double below) =>
        Assert.All(Run(name).Values, loss => Assert.InRange(loss, 0, below));
}
