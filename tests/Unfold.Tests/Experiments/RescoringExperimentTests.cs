using System.Text.Json;
using Unfold.Experiments;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Experiments;

/// <summary>The rescoring of a noisy channel's lists, on sentences of the embedded grammar.</summary>
public sealed class RescoringExperimentTests
{
    [Fact]
    public void Every_model_chooses_better_than_the_channel_alone()
    {
        using var data = new SmallData();
        var grammar = Grammar.CreateEmbedded();
        data.Write("ptb/ptb.train.txt", grammar.WriteText(new SeededRandom(1), 60_000)).Write("ptb/ptb.valid.txt", grammar.WriteText(new SeededRandom(2), 5_000)).Write("ptb/ptb.test.txt", grammar.WriteText(new SeededRandom(3), 5_000));
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };

        int code = Unfold.Experiments.Program.Run(["rescoring", "--quick", "--json", "--data", data.Path, "--threads", "2"], [new RescoringExperiment()], output, error);

        Assert.True(code == 0, error.ToString());
        Dictionary<(string, string), double> found = output.ToString().TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(line => (line.GetProperty("model").GetString()!, line.GetProperty("metric").GetString()!), line => line.GetProperty("value").GetDouble());
        foreach ((string task, string measure, string counted) in ((string, string, string)[])[("words that sound alike", "word error rate %", "5-grams"), ("neighbours on the keyboard", "character error rate %", "7-grams")])
        {
            double first = found[($"{task}: first hypothesis", measure)], best = found[($"{task}: best of each list", measure)];
            Assert.True(first > 1, "The channel makes errors.");
            Assert.Contains(found.Keys, key => key.Item1 == $"{task}: LSTM 32");
            Assert.InRange(found[($"{task}: {counted}", measure)], best, first - 0.1);
            Assert.InRange(found[($"{task}: both", measure)], best, first - 0.1);
        }
    }
}
