using System.Globalization;
using System.Text;
using System.Text.Json;
using Unfold.Cli;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Scoring;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli;

/// <summary>What score says, line by line.</summary>
public sealed class ScoreTests : IDisposable
{
    private const string Lines = "the cat sat.\r\nthe жdog sat on the mat.\n\nAnn 你好";

    private readonly TemporaryFolder _folder = new();
    private readonly string _run;
    private readonly LanguageModel _model;

    public ScoreTests()
    {
        _run = _folder["run"];
        Assert.Equal(0, CommandLine.Train(CommandLine.WriteText(_folder["text.txt"]), _run, "--steps", "10", "--seed", "3").Code);
        _model = new ModelFolder(_run).Load();
        File.WriteAllText(_folder["lines.txt"], Lines);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_line_has_its_row()
    {
        Said said = CommandLine.Run("score", _run, _folder["lines.txt"]);

        Assert.True(said.Code == 0, said.Error);
        string[] rows = said.Output.TrimEnd('\n').Split('\n');
        Assert.Equal("log10\tnats\tlog10/token\tnats/token\ttokens\tunknown\ttext", rows[0]);
        SentenceScore[] wanted = Wanted();
        Assert.Equal(wanted.Length, rows.Length - 1);
        foreach ((SentenceScore score, string row) in wanted.Zip(rows.Skip(1)))
        {
            string[] cells = row.Split('\t');
            Assert.Equal(score.Total / Math.Log(10), Number(cells[0]), 1e-6);
            Assert.Equal(score.Total, Number(cells[1]), 1e-6);
            Assert.Equal(score.Total / score.Tokens.Count / Math.Log(10), Number(cells[2]), 1e-6);
            Assert.Equal(score.Total / score.Tokens.Count, Number(cells[3]), 1e-6);
            Assert.Equal(score.Tokens.Count, Number(cells[4]));
            Assert.Equal(score.UnknownTokens, Number(cells[5]));
        }

        Assert.Equal("the жdog sat on the mat.", rows[2].Split('\t')[6]);
        Assert.Equal("1", rows[2].Split('\t')[5]);
    }

    [Fact]
    public void A_row_has_its_cells_whatever_stands_in_the_line()
    {
        Said said = CommandLine.RunWith("the\tcat\u001B[31m"u8.ToArray(), "score", _run, "-");
        Assert.Equal("the cat?[31m", said.Output.TrimEnd('\n').Split('\n')[1].Split('\t')[6]);
        Assert.Equal("the\tcat\u001B[31m", CommandLine.RunWith("the\tcat\u001B[31m"u8.ToArray(), "score", _run, "-", "--json").Json.GetProperty("text").GetString());
    }

    [Fact]
    public void Json_has_one_object_a_line_and_the_same_numbers()
    {
        Said said = CommandLine.RunWith(Encoding.UTF8.GetBytes(Lines), "score", _run, "-", "--json", "--by-token");

        Assert.True(said.Code == 0, said.Error);
        JsonElement[] objects = [.. said.Output.TrimEnd('\n').Split('\n').Select(Parse)];
        SentenceScore[] wanted = Wanted();
        Assert.Equal(wanted.Length, objects.Length);
        Assert.Equal(["line", "text", "tokens", "unknown_tokens", "logprob10", "logprob", "logprob10_per_token", "logprob_per_token", "by_token"], objects[0].EnumerateObject().Select(field => field.Name));
        foreach ((SentenceScore score, JsonElement json) in wanted.Zip(objects))
        {
            Assert.Equal(score.Total, json.GetProperty("logprob").GetDouble());
            Assert.Equal(score.LogProbabilities, json.GetProperty("by_token").EnumerateArray().Select(token => token.GetProperty("logprob").GetDouble()));
            Assert.Equal("\n", json.GetProperty("by_token").EnumerateArray().Last().GetProperty("token").GetString());
        }

        Assert.Equal("ж", objects[1].GetProperty("by_token")[4].GetProperty("token").GetString());
        Assert.Equal(4, objects[1].GetProperty("by_token").EnumerateArray().ToList().FindIndex(token => token.GetProperty("unknown").GetBoolean()));
    }

    [Fact]
    public void Unknown_tokens_can_be_left_out()
    {
        SentenceScore wanted = Wanted()[1].WithoutUnknown();
        Said said = CommandLine.Run("score", _run, _folder["lines.txt"], "--leave-out-unknown", "--json");
        JsonElement json = Parse(said.Output.Split('\n')[1]);
        Assert.Equal(wanted.Total, json.GetProperty("logprob").GetDouble());
        Assert.Equal(wanted.Tokens.Count, json.GetProperty("tokens").GetInt32());
        Assert.Equal(1, json.GetProperty("unknown_tokens").GetInt32());
    }

    [Fact]
    public void Token_rows_add_up_to_the_line()
    {
        string[] rows = CommandLine.Run("score", _run, _folder["lines.txt"], "--by-token").Output.TrimEnd('\n').Split('\n');
        Assert.Equal("line\ttoken\tlog10\tnats\tunknown", rows[0]);
        SentenceScore first = Wanted()[0];
        string[][] cells = [.. rows.Skip(1).Select(row => row.Split('\t')).TakeWhile(row => row[0] == "1")];
        Assert.Equal(["t", "h", "e", "\" \"", "c", "a", "t", "\" \"", "s", "a", "t", ".", "\\n"], cells.Select(row => row[1]));
        Assert.Equal(first.Total, cells.Sum(row => Number(row[3])), 1e-5);
    }

    [Fact]
    public void Unknown_tokens_are_shown_as_they_are_written()
    {
        Said all = CommandLine.Run("score", _run, _folder["lines.txt"], "--by-token"), known = CommandLine.Run("score", _run, _folder["lines.txt"], "--by-token", "--leave-out-unknown");
        string[][] rows = [.. all.Output.TrimEnd('\n').Split('\n').Skip(1).Select(row => row.Split('\t'))];
        Assert.Equal(["ж"], rows.Where(row => row[4] == "1").Select(row => row[1]));
        Assert.Equal(rows.Where(row => row[4] == "0"), known.Output.TrimEnd('\n').Split('\n').Skip(1).Select(row => row.Split('\t')));
    }

    [Fact]
    public void Lines_before_one_that_cannot_be_scored_have_their_rows()
    {
        File.WriteAllText(_folder["words.txt"], "the cat sat\nthe dog sat\n");
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _folder["words.txt"], "--order", "2", "--out", _folder["words.arpa"]).Code);
        File.WriteAllText(_folder["marked.txt"], "the cat\nthe dog\na <s> dog\nthe cat\n");

        Said said = CommandLine.Run("score", _folder["words.arpa"], _folder["marked.txt"]);
        Assert.Equal(1, said.Code);
        Assert.Equal(["the cat", "the dog"], said.Output.TrimEnd('\n').Split('\n').Skip(1).Select(row => row.Split('\t')[^1]));
        Assert.Contains("The line \"a <s> dog\": the text holds the token <s>", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_is_answered_before_the_next_one_comes()
    {
        using CommandProcess process = CommandProcess.Start("score", _run, "-", "--json", "--threads", "1");
        process.Say("the cat");
        process.WaitForOutput();
        Assert.False(process.HasExited);
        process.Say("sat");
        process.FallSilent();
        Said said = process.End();
        Assert.Equal(0, said.Code);
        Assert.Equal(["the cat", "sat"], said.Output.TrimEnd('\n').Split('\n').Select(line => Parse(line).GetProperty("text").GetString()));
    }

    [Fact]
    public void The_wait_for_a_line_is_no_progress()
    {
        // The first time takes longer.
        Assert.Equal(0, CommandLine.Run("score", _run, _folder["lines.txt"], "--threads", "1").Code);
        using var input = new SlowStream(TimeSpan.FromSeconds(1.2), Encoding.UTF8.GetBytes("the cat\n"));
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        Assert.Equal(ExitCode.Done, Program.Run(["score", _run, "-", "--threads", "1"], new Terminal(output, error, TerminalKind.Live, input)));
        Assert.Equal("", error.ToString());
        Assert.EndsWith("the cat\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(Skip = UnixSignals.Reason, SkipUnless = nameof(UnixSignals.Exist), SkipType = typeof(UnixSignals))]
    public void An_interruption_ends_the_waiting()
    {
        using CommandProcess process = CommandProcess.Start("score", _run, "-");
        process.Say("the cat");
        process.WaitForOutput();
        process.Signal("INT");
        Assert.Equal(130, process.End().Code);
    }

    [Fact]
    public void What_cannot_be_read_is_refused()
    {
        File.WriteAllBytes(_folder["latin.txt"], [0x61, 0x0A, 0xE4, 0x0A]);
        File.WriteAllBytes(_folder["zero.txt"], [0x61, 0x0A, 0x00]);
        Refuses("does not exist", "score", _run, _folder["none.txt"], "--json");
        Refuses("is a folder", "score", _run, _run, "--json");
        Refuses("not UTF-8", "score", _run, _folder["latin.txt"], "--json");
        Refuses("zero byte stands in line 2", "score", _run, _folder["zero.txt"], "--json");
        Refuses("no model folder", "score", _folder["nothing"], _folder["lines.txt"], "--json");
        using (new FileStream(_folder["lines.txt"], FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            // Nobody holds it open.
        }

        CommandLine.Run("score", _run, "--jsn").Refuses(2, "--jsn is no option", "FILE", "Did you mean --json?");
        CommandLine.Run("score", _run).Refuses(2, "FILE is missing: a UTF-8 file");
        CommandLine.Run("score").Refuses(2, "MODEL is missing");
    }

    /// <summary>Bytes that come after a while.</summary>
    private sealed class SlowStream(TimeSpan wait, byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Position == 0)
            {
                Thread.Sleep(wait);
            }

            return base.Read(buffer, offset, count);
        }
    }

    private static void Refuses(string words, params string[] arguments)
    {
        Said said = CommandLine.Run(arguments);
        Assert.Equal(1, said.Code);
        Assert.Contains(words, said.Error, StringComparison.Ordinal);
    }

    private SentenceScore[] Wanted() => [.. new SentenceScorer(_model, new Workers(1)).Score(Lines.ReplaceLineEndings("\n").Split('\n'))];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static JsonElement Parse(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}
