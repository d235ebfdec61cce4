using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Unfold.Cli;
using Unfold.Cli.Commands;
using Unfold.Generation;
using Unfold.Models;
using Unfold.Persistence;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli;

/// <summary>What unfold generate writes.</summary>
public sealed class GenerateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _run;

    public GenerateTests()
    {
        _run = _folder["run"];
        Assert.Equal(0, CommandLine.Train(CommandLine.WriteText(_folder["text.txt"]), _run, "--hidden", "16", "--lr", "0.02", "--steps", "150").Code);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_interruption_before_the_first_text_is_told_like_any_other(bool several)
    {
        using var output = new StringWriter();
        var terminal = new Terminal(output, TextWriter.Null, TerminalKind.Plain);
        using var interruption = new Interruption(terminal);
        interruption.Ask();
        var shown = new GeneratedOutput(terminal, new Prompt(new ModelFolder(_run).Load(), ""), json: true, several, interruption);
        Assert.Throws<OperationCanceledException>(() => shown.Draw(new GenerationOptions { Length = 5 }, [], 1, 1));
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public void The_text_is_the_prompt_and_what_follows()
    {
        Said said = CommandLine.Run("generate", _run, "--prompt", "你好 the", "--length", "40", "--seed", "5");
        JsonElement json = CommandLine.Run("generate", _run, "--prompt", "你好 the", "--length", "40", "--seed", "5", "--json").Json;

        Assert.Equal(FormattableString.Invariant($"log probability {json.GetProperty("log_probability").GetDouble():0.0000} nats of 40 tokens; seed 5\n"), said.Error);
        Assert.InRange(json.GetProperty("log_probability").GetDouble(), -40 * Math.Log(100), -1);
        Assert.Equal("你好 the" + json.GetProperty("text").GetString(), said.Output.TrimEnd('\n') + (json.GetProperty("text").GetString()!.EndsWith('\n') ? "\n" : ""));
        Assert.Equal("你好 the", json.GetProperty("prompt").GetString());
        Assert.Equal(40, json.GetProperty("tokens").GetInt32());
        Assert.Equal(40, new StringInfo(json.GetProperty("text").GetString()!).LengthInTextElements);
        Assert.Equal(5, json.GetProperty("seed").GetInt64());
        Assert.Equal("length", json.GetProperty("stopped_by").GetString());
    }

    [Fact]
    public void The_seed_decides_the_text()
    {
        string Text(params string[] more) => CommandLine.Run(["generate", _run, "--length", "80", .. more]).Output;
        Assert.Equal(Text("--seed", "3"), Text("--seed", "3"));
        Assert.NotEqual(Text("--seed", "3"), Text("--seed", "4"));
        Assert.NotEqual(Text(), Text());
        Assert.Equal(Text("--greedy", "--seed", "3"), Text("--greedy", "--seed", "4"));
        Assert.Equal(Text("--greedy"), Text("--top-k", "1"));
        Assert.Equal(Text("--greedy"), Text("--temperature", "0"));
        Assert.Equal(Text("--greedy"), Text("--top-p", "0.000001"));
    }

    [Fact]
    public void A_word_after_a_prompt_that_ends_in_a_space_brings_no_second_one()
    {
        string words = _folder["words"];
        Assert.Equal(0, CommandLine.Train(_folder["text.txt"], words, "--tokens", "word", "--steps", "20").Code);
        string[] texts = [.. Enumerable.Range(1, 20).Select(seed => CommandLine.Run("generate", words, "--prompt", "the ", "--length", "6", "--seed", $"{seed}").Output)];
        Assert.All(texts, text => Assert.DoesNotContain("  ", text, StringComparison.Ordinal));
        Assert.Contains(texts, text => char.IsAsciiLetter(text[4]));
    }

    [Fact]
    public void Seeds_have_64_bits()
    {
        string Text(string seed) => CommandLine.Run("generate", _run, "--length", "40", "--seed", seed, "--json").Json.GetProperty("text").GetString()!;
        Assert.NotEqual(Text("18446744073709551615"), Text("9223372036854775807"));
        Assert.Equal(18446744073709551615, CommandLine.Run("generate", _run, "--seed", "18446744073709551615", "--json").Json.GetProperty("seed").GetUInt64());
        Assert.Equal(0, CommandLine.Train(_folder["text.txt"], _folder["large"], "--steps", "2", "--seed", "18446744073709551615").Code);
        Assert.Equal(18446744073709551615, CommandLine.Run("inspect", _folder["large"], "--json").Json.GetProperty("training").GetProperty("seed").GetUInt64());
    }

    [Fact]
    public void A_stop_text_ends_the_text_and_is_not_part_of_it()
    {
        string whole = CommandLine.Run("generate", _run, "--length", "300", "--seed", "6", "--json").Json.GetProperty("text").GetString()!;
        JsonElement stopped = CommandLine.Run("generate", _run, "--length", "300", "--seed", "6", "--stop", "zzz", "--stop", " the", "--json").Json;
        Assert.Contains(" the", whole, StringComparison.Ordinal);
        Assert.Equal(whole[..whole.IndexOf(" the", StringComparison.Ordinal)], stopped.GetProperty("text").GetString());
        Assert.Equal("stop", stopped.GetProperty("stopped_by").GetString());
    }

    [Fact]
    public void The_likeliest_next_tokens_are_those_of_the_model()
    {
        Said said = CommandLine.Run("generate", _run, "--prompt", "the do", "--next", "3");
        LanguageModel model = new ModelFolder(_run).Load();
        IReadOnlyList<(string Token, double Probability)> wanted = TextGenerator.Next(model, "the do", 3);

        string[] lines = said.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(wanted.Select(next => FormattableString.Invariant($"{next.Probability:0.000000}")), lines.Select(line => line[..8]));
        Assert.All(wanted.Zip(lines), pair => Assert.True(pair.First.Token.Trim().Length == 0 || pair.Second.EndsWith($"  {pair.First.Token}", StringComparison.Ordinal)));
        JsonElement json = CommandLine.Run("generate", _run, "--prompt", "the do", "--next", "3", "--json").Json;
        Assert.Equal(wanted.Select(next => next.Probability), json.GetProperty("next").EnumerateArray().Select(next => next.GetProperty("probability").GetDouble()));
        Assert.Equal(wanted.Select(next => next.Token), json.GetProperty("next").EnumerateArray().Select(next => next.GetProperty("token").GetString()));

        JsonElement whole = CommandLine.Run("generate", _run, "--prompt", "the do", "--next", "1000", "--json").Json;
        double known = whole.GetProperty("next").EnumerateArray().Sum(next => next.GetProperty("probability").GetDouble()), unknown = whole.GetProperty("unknown_probability").GetDouble();
        Assert.True(unknown > 0);
        Assert.InRange(known + unknown, 0.9, 1 + 1e-6);
        Assert.Contains($"{unknown.ToString("0.000000", System.Globalization.CultureInfo.InvariantCulture)} is for all tokens together", CommandLine.Run("generate", _run, "--prompt", "the do", "--next", "1000").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_may_look_like_a_response_file_or_hold_dashes()
    {
        // The model knows neither character: the prompt itself must reach it.
        CommandLine.Run("generate", _run, "--prompt", "@home").Refuses(1, "'@'");
        CommandLine.Run("generate", _run, "--prompt", "- a").Refuses(1, "'-'");
        CommandLine.Run("generate", _run, "--prompt=--a").Refuses(1, "'-'");
    }

    [Fact]
    public void A_text_that_nobody_reads_any_more_ends_in_silence()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a shell.");
        string command = $"'{string.Join("' '", ProgramLine.Of("Unfold.Cli"))}' generate '{_run}' --length 2000000000";
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"({command}; echo $? > '{_folder["code"]}') | head -c 50"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process shell = Process.Start(start)!;
        bool ended = shell.WaitForExit(30_000);
        if (!ended)
        {
            shell.Kill(entireProcessTree: true);
        }

        Assert.True(ended, "The command went on writing for nobody.");
        Assert.InRange(shell.StandardOutput.ReadToEnd().Length, 10, 50);
        Assert.Equal("", shell.StandardError.ReadToEnd());
        Assert.Equal("0\n", File.ReadAllText(_folder["code"]));
    }

    [Fact]
    public void Texts_of_one_shell_come_one_after_the_other_in_a_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a shell.");
        string command = $"'{string.Join("' '", ProgramLine.Of("Unfold.Cli"))}' generate '{_run}' --seed 1 --length";
        using Process shell = Process.Start("/bin/sh", ["-c", $"({command} 30; echo between; {command} 20) > '{_folder["both"]}'"]);
        shell.WaitForExit();

        string first = CommandLine.Run("generate", _run, "--seed", "1", "--length", "30").Output, second = CommandLine.Run("generate", _run, "--seed", "1", "--length", "20").Output;
        Assert.Equal($"{first}between\n{second}", File.ReadAllText(_folder["both"]));
    }

    [Fact(Skip = UnixSignals.Reason, SkipUnless = nameof(UnixSignals.Exist), SkipType = typeof(UnixSignals))]
    public void An_interrupted_text_ends_in_order()
    {
        using CommandProcess process = CommandProcess.Start("generate", _run, "--length", "2000000000", "--seed", "1");
        process.WaitForOutput();
        process.Signal("INT");
        Said said = process.End();
        Assert.Equal(130, said.Code);
        Assert.EndsWith("\n", said.Output, StringComparison.Ordinal);
        Assert.Matches("^log probability -[0-9.]+ nats of [0-9]+ tokens?; seed 1\n$", said.Error);
    }

    [Fact]
    public void Several_texts_are_those_of_the_seeds_that_follow()
    {
        Said said = CommandLine.Run("generate", _run, "--prompt", "the", "--length", "30", "--seed", "7", "--samples", "3");
        JsonElement[] texts = [.. CommandLine.Run("generate", _run, "--prompt", "the", "--length", "30", "--seed", "7", "--samples", "3", "--json").Json.GetProperty("texts").EnumerateArray()];

        Assert.Equal([7UL, 8, 9], texts.Select(text => text.GetProperty("seed").GetUInt64()));
        foreach (JsonElement text in texts)
        {
            JsonElement alone = CommandLine.Run("generate", _run, "--prompt", "the", "--length", "30", "--seed", text.GetProperty("seed").ToString(), "--json").Json;
            Assert.Equal(alone.GetProperty("text").GetString(), text.GetProperty("text").GetString());
            Assert.Equal(alone.GetProperty("log_probability").GetDouble(), text.GetProperty("log_probability").GetDouble());
        }

        string Shown(JsonElement text) => $"== temperature 1, seed {text.GetProperty("seed")}\nthe{text.GetProperty("text").GetString()}".TrimEnd('\n') + "\n";
        Assert.Equal(string.Join("\n", texts.Select(Shown)), said.Output);
        Assert.Equal(3, said.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Texts_at_several_temperatures_stand_side_by_side()
    {
        JsonElement[] texts = [.. CommandLine.Run("generate", _run, "--length", "30", "--seed", "7", "--temperatures", "0.2,0.5,1.0,1.2", "--samples", "2", "--json").Json.GetProperty("texts").EnumerateArray()];
        Assert.Equal([0.2, 0.2, 0.5, 0.5, 1, 1, 1.2, 1.2], texts.Select(text => text.GetProperty("temperature").GetDouble()));
        foreach (JsonElement text in texts)
        {
            JsonElement alone = CommandLine.Run("generate", _run, "--length", "30", "--seed", text.GetProperty("seed").ToString(), "--temperature", text.GetProperty("temperature").ToString(), "--json").Json;
            Assert.Equal(alone.GetProperty("text").GetString(), text.GetProperty("text").GetString());
        }

        string[] headings = [.. CommandLine.Run("generate", _run, "--length", "5", "--seed", "7", "--temperatures", "0.2,1.2").Output.Split('\n').Where(line => line.StartsWith("==", StringComparison.Ordinal))];
        Assert.Equal(["== temperature 0.2, seed 7", "== temperature 1.2, seed 7"], headings);
    }

    [Fact]
    public void A_beam_finds_more_probable_texts_than_the_likeliest_tokens_do()
    {
        double LogProbability(params string[] how) => CommandLine.Run(["generate", _run, "--prompt", "the ", "--length", "12", "--json", .. how]).Json.GetProperty("log_probability").GetDouble();
        Assert.Equal(LogProbability("--greedy"), LogProbability("--beam", "1"), 9);
        Assert.True(LogProbability("--beam", "8") >= LogProbability("--greedy"));

        JsonElement[] texts = [.. CommandLine.Run("generate", _run, "--prompt", "the ", "--length", "12", "--beam", "6", "--beam-groups", "3", "--diversity", "2", "--samples", "4", "--json").Json.GetProperty("texts").EnumerateArray()];
        double[] scores = [.. texts.Select(text => text.GetProperty("score").GetDouble())];
        Assert.Equal(4, scores.Length);
        Assert.Equal(scores.OrderDescending(), scores);
        Said said = CommandLine.Run("generate", _run, "--prompt", "the ", "--length", "12", "--beam", "6", "--beam-groups", "3", "--diversity", "2", "--samples", "4");
        Assert.All(texts, text => Assert.Contains($"\nthe {text.GetProperty("text").GetString()}\n", said.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--diversity", "2")]
    [InlineData("--diversity", "2", "--beam-groups", "1")]
    public void One_group_has_no_other_to_avoid(params string[] options) =>
        CommandLine.Run(["generate", _run, "--beam", "6", .. options]).Refuses(2, "--diversity", "--beam-groups N above 1");

    [Fact]
    public void A_text_that_must_be_written_is()
    {
        JsonElement json = CommandLine.Run("generate", _run, "--prompt", "the ", "--length", "40", "--beam", "2", "--must-contain", "猫", "--must-contain", "Ann", "--stop", "\n", "--json").Json;
        Assert.Contains("猫", json.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("Ann", json.GetProperty("text").GetString(), StringComparison.Ordinal);
        CommandLine.Run("generate", _run, "--beam", "2", "--must-contain", "жук").Refuses(1, "forced text", "'ж'", "not in the model's vocabulary");
        CommandLine.Run("generate", _run, "--beam", "2", "--length", "2", "--must-contain", "Ann").Refuses(1, "forced text of 3", "raise the length");
        CommandLine.Run("generate", _run, "--beam", "2", "--must-contain", "<unk>").Refuses(1, "forced text");
    }

    [Fact]
    public void Fewer_texts_than_wanted_are_told()
    {
        Said said = CommandLine.Run("generate", _run, "--prompt", "the ", "--length", "10", "--beam", "4", "--beam-groups", "4", "--diversity", "0", "--samples", "4");
        Assert.Equal(0, said.Code);
        Assert.Contains("The beam found 1 different text, and 4 were wanted", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncations_and_penalty_reach_the_sampler()
    {
        string Text(params string[] more) => CommandLine.Run(["generate", _run, "--length", "60", "--seed", "3", .. more]).Output;
        Assert.Equal(Text("--greedy"), Text("--min-p", "1"));
        Assert.Equal(Text(), Text("--repetition-penalty", "1"));
        Assert.NotEqual(Text(), Text("--min-p", "0.3"));
        Assert.NotEqual(Text(), Text("--typical", "0.3"));
        Assert.NotEqual(Text("--greedy"), Text("--greedy", "--repetition-penalty", "2"));
    }
}
