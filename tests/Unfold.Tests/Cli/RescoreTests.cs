using System.Text;
using System.Text.Json;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Rescoring;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli;

/// <summary>What rescore chooses and says.</summary>
public sealed class RescoreTests : IDisposable
{
    private const string Lists =
        """
        {"id": "one", "hypotheses": [{"text": "hte cta sat", "score": -1}, {"text": "the cat sat", "score": -2}], "reference": "the cat sat"}
        {"id": "two", "hypotheses": [{"text": "Ann on the mat", "score": -1}, {"text": "Ann no the amt", "score": -2}], "reference": "Ann on the mat"}
        {"id": "three", "hypotheses": [{"text": "eht dgo", "score": -1}, {"text": "the dgo", "score": -1.5}, {"text": "", "score": -50}], "reference": "the dog"}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _run, _lists;

    public RescoreTests()
    {
        _run = _folder["run"];
        Assert.Equal(0, CommandLine.Train(CommandLine.WriteText(_folder["text.txt"]), _run, "--steps", "60", "--seed", "3", "--lr", "0.02").Code);
        _lists = Write("lists.jsonl", Lists);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_language_model_chooses_the_words_that_it_knows()
    {
        Said said = CommandLine.Run("rescore", _run, "--nbest", _lists, "--seed", "4");
        Assert.True(said.Code == 0, said.Error);
        Assert.Equal("one the cat sat\ntwo Ann on the mat\nthree the dgo\n", said.Output);
        Assert.Contains("word error rate       before 44.44% [", said.Error, StringComparison.Ordinal);
        Assert.Contains("after 11.11% [", said.Error, StringComparison.Ordinal);
        Assert.Contains("best possible 11.11%", said.Error, StringComparison.Ordinal);
        Assert.Equal("one hte cta sat\ntwo Ann on the mat\nthree eht dgo\n", CommandLine.Run("rescore", _run, "--nbest", _lists, "--weight", "0").Output);
        Assert.Contains("\nthree\n", CommandLine.Run("rescore", _run, "--nbest", _lists, "--weight", "0", "--penalty", "-90").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_tells_all_numbers()
    {
        Said said = CommandLine.Run("rescore", _run, "--nbest", _lists, "--json", "--weight", "0.5", "--penalty", "0.25");
        Assert.True(said.Code == 0, said.Error);
        JsonElement[] objects = [.. said.Output.TrimEnd('\n').Split('\n').Select(Parse)];
        Assert.Equal(4, objects.Length);

        IReadOnlyList<NBestList> lists = NBestFile.Read([_lists], cancellation: TestContext.Current.CancellationToken);
        IReadOnlyList<ScoredList> scored = Rescorer.Score(new ModelFolder(_run).Load(), lists, new Workers(1), cancellation: TestContext.Current.CancellationToken);
        var weights = new RescoringWeights(0.5, 0.25);
        foreach ((ScoredList list, JsonElement json) in scored.Zip(objects))
        {
            int best = list.Best(weights);
            Assert.Equal(["id", "text", "place", "total", "channel", "logprob", "unknown_tokens", "words", "characters"], json.EnumerateObject().Select(field => field.Name));
            Assert.Equal(list.List.Id, json.GetProperty("id").GetString());
            Assert.Equal(best + 1, json.GetProperty("place").GetInt32());
            Assert.Equal(weights.Total(list.List.Hypotheses[best], list.LogProbabilities[best], list.UnknownTokens[best]), json.GetProperty("total").GetDouble());
        }

        Assert.Equal("words", objects[3].GetProperty("measure").GetString());
        JsonElement words = objects[3].GetProperty("word_error_rate");
        Assert.Equal((3, 7), (objects[3].GetProperty("lists").GetInt32(), objects[3].GetProperty("hypotheses").GetInt32()));
        Assert.Equal(4 / 9.0, words.GetProperty("before").GetProperty("rate").GetDouble(), 1e-12);
        Assert.Equal(1 / 9.0, words.GetProperty("oracle").GetDouble(), 1e-12);
        Assert.True(objects[3].TryGetProperty("character_error_rate", out _));
    }

    [Fact]
    public void All_hypotheses_are_ranked_where_that_is_wanted()
    {
        string[] command = ["rescore", _run, "--nbest", _lists, "--weight", "0.5", "--ranked"];
        IReadOnlyList<ScoredList> scored = Rescorer.Score(new ModelFolder(_run).Load(), NBestFile.Read([_lists], cancellation: TestContext.Current.CancellationToken), new Workers(1), cancellation: TestContext.Current.CancellationToken);
        var weights = new RescoringWeights(0.5, 0);
        (string Id, int Place, double Total)[] wanted =
        [
            .. scored.SelectMany(list => list.List.Hypotheses
                .Select((hypothesis, place) => (list.List.Id, place + 1, weights.Total(hypothesis, list.LogProbabilities[place], list.UnknownTokens[place])))
                .OrderByDescending(one => one.Item3)),
        ];

        JsonElement[] objects = [.. CommandLine.Run([.. command, "--json"]).Output.TrimEnd('\n').Split('\n').Select(Parse)];
        Assert.Equal(wanted, objects.SkipLast(1).Select(json => (json.GetProperty("id").GetString()!, json.GetProperty("place").GetInt32(), json.GetProperty("total").GetDouble())));
        string[][] rows = [.. CommandLine.Run(command).Output.TrimEnd('\n').Split('\n').Skip(1).Select(row => row.Split('\t'))];
        Assert.Equal(wanted.Select(one => (one.Id, $"{one.Place}")), rows.Select(row => (row[0], row[1])));
        Assert.All(rows, row => Assert.Equal(9, row.Length));
        JsonElement words = objects[^1].GetProperty("word_error_rate");
        Assert.Equal((9, 4, 1), (words.GetProperty("units").GetInt32(), words.GetProperty("errors_before").GetInt32(), words.GetProperty("errors_oracle").GetInt32()));
        Assert.Equal(words.GetProperty("after").GetProperty("rate").GetDouble(), words.GetProperty("errors_after").GetInt32() / 9.0, 1e-12);
        foreach (string when in (string[])["before", "after"])
        {
            int Kind(string kind) => words.GetProperty($"{kind}_{when}").GetInt32();
            Assert.Equal(Kind("errors"), Kind("substitutions") + Kind("deletions") + Kind("insertions"));
        }

        Edits[] before = [.. scored.Select(list => list.Errors(ErrorMeasure.Words, TestContext.Current.CancellationToken)[0].Edits)];
        Assert.Equal(
            (before.Sum(edits => edits.Substitutions), before.Sum(edits => edits.Deletions), before.Sum(edits => edits.Insertions)),
            (words.GetProperty("substitutions_before").GetInt32(), words.GetProperty("deletions_before").GetInt32(), words.GetProperty("insertions_before").GetInt32()));
    }

    [Fact]
    public void Lists_that_are_impossible_to_the_model_are_told()
    {
        string text = Write("words.txt", "the cat sat\nthe dog sat\n"), grams = _folder["closed.arpa"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", text, "--order", "2", "--closed", "--out", grams).Code);
        string lists = Write("names.jsonl", "{\"id\": \"a\", \"hypotheses\": [{\"text\": \"the emu\", \"score\": -10}, {\"text\": \"emu sat\", \"score\": -2}, {\"text\": \"the rhea\", \"score\": -3}]}\n");
        Said said = CommandLine.Run("rescore", grams, "--nbest", lists);
        Assert.Equal("a emu sat\n", said.Output);
        Assert.Contains("In 1 of the lists the model thinks every hypothesis impossible", said.Error, StringComparison.Ordinal);
        JsonElement[] objects = [.. CommandLine.Run("rescore", grams, "--nbest", lists, "--ranked", "--json").Output.TrimEnd('\n').Split('\n').Select(Parse)];
        Assert.Equal([2, 3, 1], objects.SkipLast(1).Select(json => json.GetProperty("place").GetInt32()));
        Assert.Equal(1, objects[^1].GetProperty("impossible_lists").GetInt32());
    }

    [Fact]
    public void Tuning_finds_the_weights_on_other_lists()
    {
        string bare = Write("bare.jsonl", string.Join('\n', Lists.Split('\n').Select(line => line.Split(", \"reference\"")[0] + (line.Contains("reference", StringComparison.Ordinal) ? "}" : ""))));
        string references = Write("references", "one the cat sat\ntwo Ann on the mat\nthree the dog\n");
        Said said = CommandLine.Run("rescore", _run, "--nbest", bare, "--tune", bare, "--references", references, "--measure", "characters", "--json");
        Assert.True(said.Code == 0, said.Error);
        JsonElement all = Parse(said.Output.TrimEnd('\n').Split('\n')[^1]);
        Assert.Equal(1 / 9.0, all.GetProperty("word_error_rate").GetProperty("after").GetProperty("rate").GetDouble(), 1e-12);
        Assert.True(all.GetProperty("weight").GetDouble() > 0);
        Assert.Equal("characters", all.GetProperty("measure").GetString());

        CommandLine.Run("rescore", _run, "--nbest", bare, "--tune", bare).Refuses(1, "The list one", "--references");
        CommandLine.Run("rescore", _run, "--nbest", bare, "--references", Write("others", "nine the cat\n")).Refuses(1, "for other lists", "for nine", "list is one");
    }

    [Fact]
    public void Costs_are_for_all_archives_of_kaldi_and_for_nothing_else()
    {
        string archive = Write("archive", "one-1 hte cta\none-2 the cat\n"), costs = Write("costs", "one-1 100\none-2 0\n"), references = Write("references", "one the cat\ntwo Ann on the mat\nthree the dog\n");
        string[] command = ["rescore", _run, "--nbest", archive, "--weight", "0"];
        Assert.Equal("one hte cta\n", CommandLine.Run(command).Output);
        Assert.Equal("one the cat\n", CommandLine.Run([.. command, "--costs", costs]).Output);

        // Either of the two sets of lists may be Kaldi's.
        Assert.Equal(0, CommandLine.Run("rescore", _run, "--nbest", archive, "--tune", _lists, "--costs", costs, "--references", references).Code);
        Assert.Equal(0, CommandLine.Run("rescore", _run, "--nbest", _lists, "--tune", archive, "--costs", costs, "--references", references).Code);
        CommandLine.Run("rescore", _run, "--nbest", _lists, "--costs", costs).Refuses(1, "leave the costs out");
    }

    [Fact(Timeout = 30_000)]
    public async Task Costs_may_come_through_a_pipe()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a shell.");
        string archive = Write("archive", "one-1 hte cta\none-2 the cat\n"), costs = Write("costs", "one-1 100\none-2 0\n"), references = Write("references", "one the cat\n");
        string pipe = _folder["pipe"];
        using var made = System.Diagnostics.Process.Start("mkfifo", pipe);
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        Task writing = Task.Run(() => File.WriteAllBytes(pipe, File.ReadAllBytes(costs)), TestContext.Current.CancellationToken);
        Said said = await Task.Run(
            () => CommandLine.Run("rescore", _run, "--nbest", archive, "--tune", archive, "--costs", pipe, "--references", references), TestContext.Current.CancellationToken);
        Assert.True(said.Code == 0, said.Error);
        await writing;
    }

    [Fact]
    public void Empty_references_have_no_rate()
    {
        string lists = Write("silence.jsonl", "{\"id\": \"one\", \"hypotheses\": [{\"text\": \"the\", \"score\": 0}, {\"text\": \"\", \"score\": 0}], \"reference\": \" \"}\n");
        Said said = CommandLine.Run("rescore", _run, "--nbest", lists);
        Assert.True(said.Code == 0, said.Error);
        Assert.Contains("there is nothing to count errors against", said.Error, StringComparison.Ordinal);
        JsonElement all = Parse(CommandLine.Run("rescore", _run, "--nbest", lists, "--json").Output.TrimEnd('\n').Split('\n')[^1]);
        Assert.Equal(1, all.GetProperty("lists").GetInt32());
        Assert.False(all.TryGetProperty("word_error_rate", out _));
    }

    [Fact]
    public void Unknown_tokens_are_told_and_may_be_left_out()
    {
        string lists = Write("unknown.jsonl", "{\"id\": \"one\", \"hypotheses\": [{\"text\": \"the cжжt\", \"score\": 0}]}\n{\"id\": \"two\", \"hypotheses\": [{\"text\": \"the cat\", \"score\": 0}]}\n");
        string[] command = ["rescore", _run, "--nbest", lists];
        JsonElement[] all = [.. CommandLine.Run([.. command, "--json"]).Output.TrimEnd('\n').Split('\n').Select(Parse)];
        JsonElement[] known = [.. CommandLine.Run([.. command, "--json", "--leave-out-unknown"]).Output.TrimEnd('\n').Split('\n').Select(Parse)];
        Assert.Equal([2, 0, 2], all.Select(json => json.GetProperty("unknown_tokens").GetInt32()));
        Assert.Equal([2, 0, 2], known.Select(json => json.GetProperty("unknown_tokens").GetInt32()));
        double LogProbability(JsonElement[] objects, int list) => objects[list].GetProperty("logprob").GetDouble();
        Assert.True(LogProbability(known, 0) > LogProbability(all, 0), "Two probabilities less.");
        Assert.Equal(LogProbability(all, 1), LogProbability(known, 1));
        Assert.Contains(", 2 unknown tokens in what was chosen\n", CommandLine.Run(command).Error, StringComparison.Ordinal);

        JsonElement[] charged = [.. CommandLine.Run([.. command, "--json", "--unknown-penalty", "-3.5"]).Output.TrimEnd('\n').Split('\n').Select(Parse)];
        double Total(JsonElement[] objects, int list) => objects[list].GetProperty("total").GetDouble();
        Assert.Equal(Total(all, 0) - 7, Total(charged, 0), 1e-12);
        Assert.Equal(Total(all, 1), Total(charged, 1));
        Assert.Equal((0, -3.5), (all[2].GetProperty("unknown_penalty").GetDouble(), charged[2].GetProperty("unknown_penalty").GetDouble()));
        Assert.Contains(", 2 unknown tokens in what was chosen, -3.5 for each\n", CommandLine.Run([.. command, "--unknown-penalty", "-3.5"]).Error, StringComparison.Ordinal);
        CommandLine.Run([.. command, "--unknown-penalty", "-3.5", "--tune", lists]).Refuses(2, "--tune", "--unknown-penalty");
    }

    [Fact]
    public void A_penalty_may_be_for_characters()
    {
        string lists = Write("chinese.jsonl", "{\"id\": \"one\", \"hypotheses\": [{\"text\": \"大家都好\", \"score\": -1}, {\"text\": \"大家好\", \"score\": -2}]}\n");
        string[] command = ["rescore", _run, "--nbest", lists, "--weight", "0", "--penalty", "-1.5"];
        Assert.Equal("one 大家都好\n", CommandLine.Run(command).Output);
        Said said = CommandLine.Run([.. command, "--measure", "characters"]);
        Assert.Equal("one 大家好\n", said.Output);
        Assert.Contains("penalty -1.5 a character", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_says_the_same()
    {
        string[] command = ["rescore", _run, "--nbest", _lists, "--json", "--seed", "8"];
        Assert.Equal(CommandLine.Run(command).Output, CommandLine.Run([.. command, "--threads", "3"]).Output);
    }

    [Fact]
    public void Lists_come_from_standard_input()
    {
        Said said = CommandLine.RunWith(Encoding.UTF8.GetBytes(Lists), "rescore", _run, "--nbest", "-", "--json");
        Assert.Equal(CommandLine.Run("rescore", _run, "--nbest", _lists, "--json").Output, said.Output);
        CommandLine.RunWith([], "rescore", _run, "--nbest", "-").Refuses(1, "standard input is empty");
        CommandLine.RunWith([0xE4, 0x0A], "rescore", _run, "--nbest", "-").Refuses(1, "standard input is not UTF-8");
        CommandLine.Run("rescore", _run, "--nbest", "-", "-").Refuses(2, "--nbest has - twice");
        CommandLine.Run("rescore", _run, "--nbest", _lists, "--tune", "-").Refuses(2, "--tune wants a file", "standard input is not read there", "./-");
        CommandLine.Run("rescore", _run, "--nbest", _lists, "--references", "-").Refuses(2, "--references wants a file");
    }

    [Fact(Skip = UnixSignals.Reason, SkipUnless = nameof(UnixSignals.Exist), SkipType = typeof(UnixSignals))]
    public void An_interruption_ends_the_waiting_for_lists()
    {
        using CommandProcess process = CommandProcess.Start("rescore", _run, "--nbest", "-");
        process.Say("{\"id\": \"one\", \"hypotheses\": [{\"text\": \"a\", \"score\": 0}]}");

        // A signal that comes before the command listens ends it with the same code.
        Thread.Sleep(1000);
        process.Signal("INT");
        Said said = process.End();
        Assert.True(said.Code == 130, said.Error);
    }

    [Fact(Skip = UnixSignals.Reason, SkipUnless = nameof(UnixSignals.Exist), SkipType = typeof(UnixSignals))]
    public void An_interruption_after_the_choice_ends_the_measuring()
    {
        // 2,000 draws of 60,000 lists for each of six intervals, some seconds.
        const int lists = 60_000;
        string many = Write("many.jsonl", string.Concat(Enumerable.Range(0, lists).Select(list => $"{{\"id\": \"{list}\", \"hypotheses\": [{{\"text\": \"the cat\", \"score\": 0}}], \"reference\": \"the cat\"}}\n")));
        using CommandProcess process = CommandProcess.Start("rescore", _run, "--nbest", many);
        process.WaitForOutput();
        process.Signal("INT");
        Said said = process.End();
        Assert.True(said.Code == 130, said.Error);
        Assert.DoesNotContain("character error rate  before", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_meant_is_refused()
    {
        CommandLine.Run("rescore", _run).Refuses(2, "--nbest is missing");
        CommandLine.Run("rescore", _run, "--nbest", _lists, "--weight", "-1").Refuses(2, "--weight must be a number of 0 to 1,000,000");
        CommandLine.Run("rescore", _run, "--nbest", _lists, "--penalty", "much").Refuses(2, "--penalty must be a number of -1,000,000 to 1,000,000; found much");
        CommandLine.Run("rescore", _run, "--nbest", _lists, "--weight", "1e308").Refuses(2, "--weight must be a number of 0 to 1,000,000");
        CommandLine.Run("rescore", _run, "--nbest", _lists, "--tune", _lists, "--penalty", "1").Refuses(2, "--tune and --penalty exclude each other");
        CommandLine.Run("rescore", _run, "--nbest", _lists, "--measure", "words").Refuses(2, "--measure", "--tune");
        CommandLine.Run("rescore", _run, "--nbest", _lists, "--format", "xml").Refuses(2, "srilm, kaldi, json");
        CommandLine.Run("rescore", _run, "--nbest", Write("words", "the cat\n")).Refuses(1, "does not show its format");
        CommandLine.Run("rescore", _run, "--nbest", _folder["none"]).Refuses(1, "does not exist");
        string partly = Write("partly", Lists.Replace(", \"reference\": \"the dog\"", "", StringComparison.Ordinal));
        CommandLine.Run("rescore", _run, "--nbest", partly).Refuses(1, "The list one has a reference and the list three has none");
        CommandLine.Run("rescore", _folder["nothing"], "--nbest", _lists).Refuses(1, "no model folder");
    }

    private string Write(string name, string content)
    {
        File.WriteAllText(_folder[name], content);
        return _folder[name];
    }

    private static JsonElement Parse(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}
