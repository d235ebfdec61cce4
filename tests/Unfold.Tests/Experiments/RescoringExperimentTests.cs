using System.Text.Json;
using Unfold.Experiments;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Experiments;

/// <summary>The rescoring of a noisy channel's lists, on sentences of the embedded grammar and on some in Chinese.</summary>
public sealed class RescoringExperimentTests
{
    [Fact]
    public void Every_model_chooses_better_than_the_channel_alone()
    {
        using var data = new SmallData();
        var grammar = Grammar.CreateEmbedded();
        data.Write("ptb/ptb.train.txt", grammar.WriteText(new SeededRandom(1), 60_000)).Write("ptb/ptb.valid.txt", grammar.WriteText(new SeededRandom(2), 5_000)).Write("ptb/ptb.test.txt", grammar.WriteText(new SeededRandom(3), 5_000));
        data.Write("tatoeba_en_zh/cmn.txt", string.Concat(Chinese().Select((sentence, number) => $"Sentence {number}.\t{sentence}\n")));
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };

        int code = Unfold.Experiments.Program.Run(["rescoring", "--quick", "--json", "--data", data.Path, "--threads", "2"], [new RescoringExperiment()], output, error);

        Assert.True(code == 0, error.ToString());
        Dictionary<(string, string), double> found = output.ToString().TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(line => (line.GetProperty("model").GetString()!, line.GetProperty("metric").GetString()!), line => line.GetProperty("value").GetDouble());
        foreach ((string task, string measure, string counted) in ((string, string, string)[])[("words that sound alike", "word error rate %", "5-grams"), ("neighbours on the keyboard", "character error rate %", "7-grams"), ("characters that look alike", "character error rate %", "3-grams")])
        {
            double first = found[($"{task}: first hypothesis", measure)], best = found[($"{task}: best of each list", measure)];
            Assert.True(first > 0.5, FormattableString.Invariant($"{task}: the channel makes errors; found {first} %."));
            Assert.Contains(found.Keys, key => key.Item1 == $"{task}: LSTM {(counted == "3-grams" ? "" : "2 x ")}32");
            Assert.InRange(found[($"{task}: {counted}", measure)], best, first - 0.1);
            Assert.InRange(found[($"{task}: both", measure)], best, first - 0.1);
        }
    }

    /// <summary>Sentences in which what stands around a character tells it from those that look alike.</summary>
    private static IEnumerable<string> Chinese() =>
        from time in (string[])["", "今天", "白天", "星期日", "这时", "后来", "未来", "周末"]
        from subject in (string[])["我自己", "那个人", "老人", "大家", "王先生", "孩子们", "他太太", "有人"]
        from predicate in (string[])["问了一个问题", "住在大房间里", "往前走得太远", "已经进入学校", "心情不太好", "看得很清楚", "自己往回走", "入住大饭店", "干了很多事", "有千本书"]
        select $"{time}{subject}{predicate}。";
}
