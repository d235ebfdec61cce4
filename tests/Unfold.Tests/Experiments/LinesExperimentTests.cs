using System.Text.Json;
using Unfold.Experiments;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Experiments;

/// <summary>Lines alone and in a text, on sentences of the embedded grammar.</summary>
public sealed class LinesExperimentTests
{
    [Fact]
    public void A_line_alone_is_as_likely_as_in_a_text_where_it_begins_as_lines_end()
    {
        using var data = new SmallData();
        string[] sentences = Grammar.CreateEmbedded().WriteText(new SeededRandom(1), 60_000).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        data.Write("tatoeba_en_zh/cmn.txt", string.Concat(sentences.Select((sentence, number) => $"{sentence}\t第{number}句。\n")));
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };

        int code = Unfold.Experiments.Program.Run(["lines", "--quick", "--json", "--data", data.Path, "--threads", "2"], [new LinesExperiment()], output, error);

        Assert.True(code == 0, error.ToString());
        Dictionary<(string, string), double> found = output.ToString().TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(line => (line.GetProperty("model").GetString()!, line.GetProperty("metric").GetString()!), line => line.GetProperty("value").GetDouble());
        Assert.Equal(4, found.Keys.Select(key => key.Item1).Distinct().Count());
        Assert.Equal(found[("LSTM 128, windows", "nats alone, from zeros")], found[("LSTM 128, windows", "nats alone")]);
        foreach (string model in (string[])["LSTM 128, streams", "LSTM 2 x 128, streams", "GRU 128, streams"])
        {
            double inText = found[(model, "nats in a text")], alone = found[(model, "nats alone")], fromZeros = found[(model, "nats alone, from zeros")];
            Assert.True(fromZeros > inText + 0.005, $"{model}: {inText}, {alone}, {fromZeros}");
            Assert.True(Math.Abs(alone - inText) < 0.5 * (fromZeros - inText), $"{model}: {inText}, {alone}, {fromZeros}");
        }
    }
}
