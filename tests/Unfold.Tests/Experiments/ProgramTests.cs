using System.Text.Json;
using Unfold.Experiments;
using Unfold.Pictures;
using Unfold.Tests.Persistence;
using Program = Unfold.Experiments.Program;

namespace Unfold.Tests.Experiments;

public sealed class ProgramTests
{
    private sealed class Planted(string name, Action<ExperimentContext> run, params string[] needed) : Experiment
    {
        public override string Name => name;

        public override string Summary => $"what {name} shows";

        public override IReadOnlyList<string> DataNeeded => needed;

        public override void Run(ExperimentContext context) => run(context);
    }

    private static (int Code, string Output, string Error) Run(IReadOnlyList<Experiment> experiments, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = Program.Run(arguments, experiments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private static Experiment[] Two(string secondNeeds) =>
    [
        new Planted("first", context =>
        {
            context.Report("LSTM 128", "loss", 0.00123456, baseline: 1 / 6.0, published: 5.3e-5, parameters: 70_123, seconds: 12.345);
            context.Report("RNN", "loss \"nats\"", double.NaN);
        }),
        new Planted("second", context => context.Report("GRU", "accuracy %", 93.64), secondNeeds),
    ];

    [Fact]
    public void The_list_has_a_line_for_each_experiment()
    {
        (int code, string output, string error) = Run(Two("x"), "list");
        Assert.Equal(0, code);
        Assert.Equal("first   what first shows\nsecond  what second shows\n", output);
        Assert.Equal("", error);
    }

    [Fact]
    public void Results_are_an_aligned_table()
    {
        (int code, string output, _) = Run(Two("x"), "first");
        Assert.Equal(0, code);
        Assert.Equal(
            """
            experiment  model     metric          value  baseline  published  parameters  seconds
            first       LSTM 128  loss          0.00123   0.16667     5.3e-5      70,123     12.3
            first       RNN       loss "nats"  diverged


            """.ReplaceLineEndings("\n"),
            output);
    }

    [Fact]
    public void With_json_each_result_is_a_line_with_the_same_eight_fields()
    {
        (int code, string output, _) = Run(Two("x"), "first", "--json");
        Assert.Equal(0, code);
        JsonElement[] lines = [.. output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Equal(["experiment", "model", "metric", "value", "baseline", "published", "parameters", "seconds"], line.EnumerateObject().Select(field => field.Name)));
        Assert.Equal(0.00123456, lines[0].GetProperty("value").GetDouble());
        Assert.Equal(70_123, lines[0].GetProperty("parameters").GetInt64());
        Assert.Equal(5.3e-5, lines[0].GetProperty("published").GetDouble());
        Assert.Equal("loss \"nats\"", lines[1].GetProperty("metric").GetString());
        Assert.All(["value", "baseline", "published", "parameters", "seconds"], field => Assert.Equal(JsonValueKind.Null, lines[1].GetProperty(field).ValueKind));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_all_names()
    {
        (int code, string output, string error) = Run(Two("x"), "third");
        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Equal("error: There is no experiment 'third': choose first, second, all, or list to see what they are.\n", error);
        Assert.Equal(2, Run(Two("x")).Code);
        Assert.Contains("choose first, second", Run(Two("x")).Error, StringComparison.Ordinal);
        Assert.Contains("--threads must be a whole number of 1 to 1024; found 0.", Run(Two("x"), "first", "--threads", "0").Error, StringComparison.Ordinal);
        Assert.Contains("--seed must be", Run(Two("x"), "first", "--seed", "-1").Error, StringComparison.Ordinal);
        Assert.Equal(2, Run(Two("x"), "first", "--sed", "1").Code);
    }

    [Fact]
    public void Missing_data_are_one_sentence_and_the_others_still_run()
    {
        using var folder = new TemporaryFolder();
        (int code, string output, string error) = Run(Two("names/German.txt"), "second", "--data", folder.Path);
        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.Equal($"error: second: The data names/German.txt are wanted in the data folder {folder.Path}, but are not there: name the folder that holds it with --data DIR or UNFOLD_DATA.\n", error);

        (code, output, error) = Run([.. Two("names").Reverse()], "all", "--data", folder["none"], "--json");
        Assert.Equal(1, code);
        Assert.Equal(2, output.Count(letter => letter == '\n'));
        Assert.Contains("there is no such folder", error, StringComparison.Ordinal);

        Directory.CreateDirectory(folder["names"]);
        Assert.Equal(0, Run(Two("names"), "all", "--data", folder.Path).Code);
    }

    [Fact]
    public void The_options_reach_the_experiment()
    {
        using var folder = new TemporaryFolder();
        List<(ulong, int, bool, int)> seen = [];
        Experiment[] table =
        [
            new Planted("one", context =>
            {
                seen.Add((context.Random.NextUInt64(), context.Workers.Count, context.Quick, context.Choose(full: 100, quick: 2)));
                context.Picture(new LineChart("one").ToSvg());
                context.Picture(new LineChart("two").ToSvg(), "attention");
                context.Progress("half done");
            }),
        ];
        (int code, string output, string error) = Run(table, "one", "--seed", "7", "--threads", "2", "--quick", "--out", folder["pictures"]);
        Assert.Equal((0, ""), (code, output));
        Run(table, "one", "--seed", "8", "--threads", "1", "--out", folder["pictures"]);
        Assert.Equal([(new Unfold.Numerics.SeededRandom(7).NextUInt64(), 2, true, 2), (new Unfold.Numerics.SeededRandom(8).NextUInt64(), 1, false, 100)], seen);
        Assert.Contains("half done", error, StringComparison.Ordinal);
        Assert.StartsWith("<svg", File.ReadAllText(folder["pictures/one.svg"]), StringComparison.Ordinal);
        Assert.Contains("two", File.ReadAllText(folder["pictures/one-attention.svg"]), StringComparison.Ordinal);

        File.WriteAllText(folder["file"], "");
        (code, _, error) = Run(table, "one", "--out", folder["file"]);
        Assert.Equal(1, code);
        Assert.Contains("--out DIR", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_found_before_a_failure_is_shown()
    {
        Experiment[] table = [new Planted("half", context =>
        {
            context.Report("LSTM", "loss", 2);
            throw new UnfoldException("The second model failed.");
        })];
        (int code, string output, string error) = Run(table, "half");
        Assert.Equal(1, code);
        Assert.Contains("LSTM", output, StringComparison.Ordinal);
        Assert.EndsWith("error: half: The second model failed.\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_of_experiments_has_each_name_once()
    {
        IReadOnlyList<Experiment> all = Unfold.Experiments.Experiments.All;
        Assert.Equal(all.Count, all.Select(experiment => experiment.Name).Distinct().Count());
        Assert.All(all, experiment => Assert.Matches("^[a-z0-9]+$", experiment.Name));
        Assert.DoesNotContain(all, experiment => experiment.Name is "list" or "all");
    }
}
