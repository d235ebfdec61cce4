using System.Text.Json;
using System.Xml.Linq;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>The losses at the validations of a run.</summary>
public sealed class LearningCurveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text, _run;

    public LearningCurveTests()
    {
        _text = CommandLine.WriteText(_folder["text.txt"]);
        _run = _folder["run"];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_has_a_point_for_each_validation()
    {
        JsonElement trained = CommandLine.Train(_text, _run, "--steps", "50", "--checkpoint-every", "20", "--json").Json;
        string picture = _folder["curve.svg"];
        Said said = CommandLine.Run("inspect", _run, "--learning-curve", picture, "--json");
        Assert.Equal($"The picture is in {picture}\n", said.Error);
        JsonElement[] points = [.. said.Json.GetProperty("results").GetProperty("history").EnumerateArray()];
        Assert.Equal([20, 40, 50], points.Select(point => point.GetProperty("step").GetInt32()));
        Assert.Equal(trained.GetProperty("valid_loss").GetDouble(), points.Min(point => point.GetProperty("valid_loss").GetDouble()));
        Assert.Equal(trained.GetProperty("train_loss").GetDouble(), points[^1].GetProperty("train_loss").GetDouble());
        Assert.True(points[0].GetProperty("train_loss").GetDouble() > points[^1].GetProperty("train_loss").GetDouble());

        string svg = File.ReadAllText(picture);
        Assert.Equal("svg", XDocument.Parse(svg).Root!.Name.LocalName);
        Assert.Contains("validation", svg, StringComparison.Ordinal);
        string[] rows = [.. CommandLine.Run("inspect", _run).Output.Split("Learning curve, nats per token\n")[1].TrimEnd('\n').Split('\n')];
        Assert.Equal(["step", "20", "40", "50"], rows.Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]));
    }

    [Fact]
    public void A_damaged_one_is_not_believed()
    {
        Assert.Equal(0, CommandLine.Train(_text, _run, "--steps", "20", "--checkpoint-every", "10").Code);
        string file = Path.Combine(_run, "checkpoint.safetensors");
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^3] ^= 1;
        File.WriteAllBytes(file, bytes);
        CommandLine.Run("inspect", _run).Refuses(1, "checkpoint.safetensors", "is damaged or was changed");
    }

    [Fact]
    public void A_long_one_is_thinned_for_reading()
    {
        Assert.Equal(0, CommandLine.Train(_text, _run, "--steps", "50", "--checkpoint-every", "1").Code);
        Assert.Equal(50, CommandLine.Run("inspect", _run, "--json").Json.GetProperty("results").GetProperty("history").GetArrayLength());
        string[] rows = [.. CommandLine.Run("inspect", _run).Output.Split("Learning curve, nats per token\n")[1].TrimEnd('\n').Split('\n')];
        Assert.Equal(17, rows.Length - 1);
        Assert.StartsWith("50 ", rows[^1].TrimStart(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_none_says_so()
    {
        Assert.Equal(0, CommandLine.Train(_text, _run, "--steps", "2", "--valid-fraction", "0").Code);
        JsonElement point = Assert.Single(CommandLine.Run("inspect", _run, "--json").Json.GetProperty("results").GetProperty("history").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, point.GetProperty("valid_loss").ValueKind);
        Assert.Equal(0, CommandLine.Run("inspect", _run, "--learning-curve", _folder["curve.svg"]).Code);
        Assert.DoesNotContain("validation", File.ReadAllText(_folder["curve.svg"]), StringComparison.Ordinal);

        File.Delete(Path.Combine(_run, "checkpoint.safetensors"));
        CommandLine.Run("inspect", _run, "--learning-curve", _folder["other.svg"]).Refuses(1, "has no learning curve");
        CommandLine.Run("inspect", _run, "--learning-curve", _folder["curve.png"]).Refuses(2, "ends in .svg");
        CommandLine.Run("inspect", _run, "--gradient-flow", "--learning-curve", _folder["curve.svg"]).Refuses(2, "give one of them");
        Assert.False(File.Exists(_folder["other.svg"]));
    }
}
