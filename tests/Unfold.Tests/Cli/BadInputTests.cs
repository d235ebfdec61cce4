using System.Text;
using Unfold.Persistence;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>Texts and settings that cannot be used: exit code 1, one sentence that names the thing, and nothing written.</summary>
public sealed class BadInputTests
{
    private static readonly byte[] LongText = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 200)));

    /// <summary>The content of the text (null for no file), further options, and what the sentence must hold.</summary>
    public static TheoryData<byte[]?, string, string> Texts => new()
    {
        { null, "", "does not exist" },
        { [], "", "is empty" },
        { [0xEF, 0xBB, 0xBF], "", "is empty" },
        { [.. LongText, 0, .. LongText], "", "is binary: a zero byte stands at byte 4800" },
        { [.. LongText, 0xC3, 0x28, .. LongText], "", "is not UTF-8: byte 4800" },
        { [.. LongText, 0xE4], "", "is not UTF-8" },
        { [0xFF, 0xFE, 0x61, 0x00], "", "UTF-16" },
        { "a short text"u8.ToArray(), "", "needs at least 41" },
        { "a"u8.ToArray(), "", "'a'" },
        { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"u8.ToArray(), "", "at least 2 different ones" },
        { LongText, "--seq-length 6000", "needs at least 24001; lower the batch size or the sequence length" },
        { LongText, "--batching windows --seq-length 6000", "4560 tokens" },
        { LongText, "--batch-size 5000", "needs at least 50001" },
        { LongText, "--valid-fraction 0.999", "needs at least 41" },
        { LongText, "--hidden 1000000", "GiB" },
        { LongText, "--hidden 1000000000", "GiB" },
        { LongText, "--hidden 2147483647 --layers 1000", "GiB" },
        { LongText, "--hidden 60000 --layers 1000", "GiB" },
        { LongText, "--embedding 1000000 --hidden 100000", "GiB" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_bad_text_is_refused_and_nothing_is_written(byte[]? content, string options, string word)
    {
        using var folder = new TemporaryFolder();
        if (content is not null)
        {
            File.WriteAllBytes(folder["text.txt"], content);
        }

        Said said = CommandLine.Train(folder["text.txt"], folder["run"], options.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        said.Refuses(1, word);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void A_folder_in_place_of_a_text_is_refused()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("train", "--text", folder.Path, "--out", folder["run"]).Refuses(1, folder.Path, "is a folder");
    }

    [Fact]
    public void A_bad_validation_text_is_refused()
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"]);
        File.WriteAllText(folder["valid.txt"], "");
        CommandLine.Run("train", "--text", text, "--valid", folder["valid.txt"], "--out", folder["run"]).Refuses(1, "valid.txt", "is empty");
        CommandLine.Run("train", "--text", text, "--valid", folder["none.txt"], "--out", folder["run"]).Refuses(1, "none.txt", "does not exist");
        File.WriteAllText(folder["valid.txt"], "c");
        CommandLine.Run("train", "--text", text, "--valid", folder["valid.txt"], "--out", folder["run"]).Refuses(1, "valid.txt", "1 token,", "at least 2");
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void A_run_that_diverges_stops_with_the_step_and_keeps_its_checkpoint()
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"]);

        Said said = CommandLine.Train(text, folder["run"], "--steps", "50", "--lr", "1e38", "--clip-norm", "0", "--optimizer", "sgd");

        said.Refuses(1, "diverged at step", "the same command", "--lr 0.5 --force");
        Assert.True(File.Exists(folder["run/checkpoint.safetensors"]));
        Assert.Equal(0, CommandLine.Train(text, folder["run"], "--steps", "50", "--clip-norm", "0", "--optimizer", "sgd", "--lr", "0.5", "--force").Code);
    }

    [Fact]
    public void A_run_that_ends_worse_than_guessing_says_so()
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"]);
        Said said = CommandLine.Train(text, folder["far"], "--hidden", "16", "--steps", "5", "--lr", "1e30");
        Assert.Equal(0, said.Code);
        Assert.Contains("(perplexity Infinity)", said.Error, StringComparison.Ordinal);
        Assert.Matches(@"validation loss [0-9.]+E\+[0-9]+ nats", said.Error);
        Assert.Contains("the training has diverged", said.Error, StringComparison.Ordinal);
        File.WriteAllText(folder["small.txt"], string.Concat(Enumerable.Repeat("the cat sat\n", 40)));
        File.WriteAllText(folder["other.txt"], string.Concat(Enumerable.Repeat("tta sca hte\n", 9)));
        Said learned = CommandLine.Train(folder["small.txt"], folder["by heart"], "--valid", folder["other.txt"], "--hidden", "32", "--steps", "300", "--lr", "0.02", "--json");
        Assert.True(learned.Json.GetProperty("valid_loss").GetDouble() > Math.Log(12) + 1, "It knows its text by heart, and no other.");
        Assert.DoesNotContain("diverged", learned.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("diverged", CommandLine.Train(text, folder["near"], "--hidden", "16", "--steps", "5").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_advice_after_a_divergence_can_be_run()
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"]);

        Said said = CommandLine.Train(text, folder["run"], "--steps", "200", "--lr", "1e37", "--checkpoint-every", "1");

        said.Refuses(1, "diverged at step", "best weights so far: unfold train --text");
        string[] advice = said.Error.TrimEnd('\n').Split("unfold ")[^1].Split(' ');
        Assert.Equal(folder["run-2"], advice[^1]);
        Assert.Equal(0, CommandLine.Run([.. advice, "--steps", "3"]).Code);
    }

    [Fact]
    public void Weights_that_the_last_step_has_made_infinite_are_not_saved()
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"]);

        // The loss and the gradients of the first step are finite: only the validation can see what the step has done.
        Said said = CommandLine.Train(text, folder["run"], "--steps", "1", "--lr", "3e38");

        said.Refuses(1, "diverged at step 1");
        Assert.False(File.Exists(folder["run/model.safetensors"]));
        Assert.Equal(0, TrainingCheckpoint.ReadResults(folder["run/checkpoint.safetensors"]).Results.Steps);
    }

    [Fact]
    public void Evaluation_needs_two_tokens()
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"]);
        Assert.Equal(0, CommandLine.Train(text, folder["run"], "--steps", "2").Code);
        File.WriteAllText(folder["one.txt"], "c");

        CommandLine.Run("evaluate", folder["run"], "--text", folder["one.txt"]).Refuses(1, "one.txt", "1 token", "at least 2");
        CommandLine.Run("evaluate", folder["run"], "--text", folder["none.txt"]).Refuses(1, "none.txt");
    }

    [Fact]
    public void A_prompt_with_a_character_that_the_model_never_saw_is_refused()
    {
        using var folder = new TemporaryFolder();
        string text = CommandLine.WriteText(folder["text.txt"]);
        Assert.Equal(0, CommandLine.Train(text, folder["run"], "--steps", "2").Code);

        CommandLine.Run("generate", folder["run"], "--prompt", "the ж").Refuses(1, "'ж'", "U+0436", "not in the model's vocabulary");
        CommandLine.Run("generate", folder["run"], "--prompt", "the ж", "--next", "3").Refuses(1, "'ж'");
    }
}
