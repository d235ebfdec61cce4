using System.Text;
using System.Text.Json;
using Unfold.Cli;
using Unfold.Numerics;

namespace Unfold.Tests.Cli;

/// <summary>What a command said.</summary>
internal sealed record Said(int Code, string Output, string Error)
{
    /// <summary>The one JSON object on stdout.</summary>
    public JsonElement Json
    {
        get
        {
            Assert.True(Code == 0, Error);
            Assert.Equal(1, Output.Count(letter => letter == '\n'));
            using JsonDocument document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Fails unless the command ended with that code and one sentence that holds all the words, and nothing like a stack trace.</summary>
    public void Refuses(int code, params string[] words)
    {
        Assert.True(code == Code, $"Exit code {Code}: {Error}");
        Assert.Equal("", Output);
        string[] failures = [.. Error.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal))];
        string sentence = Assert.Single(failures);
        Assert.All(words, word => Assert.Contains(word, sentence, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("mistake", Error, StringComparison.Ordinal);
        Assert.EndsWith(code == 2 ? "--help\n" : sentence + "\n", Error, StringComparison.Ordinal);
    }
}

/// <summary>Runs the command inside this process.</summary>
internal static class CommandLine
{
    /// <summary>The smallest settings that still learn something.</summary>
    public static readonly string[] Tiny = ["--hidden", "8", "--batch-size", "4", "--seq-length", "10", "--threads", "1"];

    public static Said Run(params string[] arguments) => RunWith([], arguments);

    /// <summary>Runs a command that finds these bytes on standard input.</summary>
    public static Said RunWith(byte[] input, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var stream = new MemoryStream(input);
        int code = Program.Run(arguments, new Terminal(output, error, TerminalKind.Plain, stream));
        return new Said(code, output.ToString(), error.ToString());
    }

    /// <summary>Trains a tiny model.</summary>
    public static Said Train(string text, string folder, params string[] more) => Run(Training(text, folder, more));

    /// <summary>The command line that trains a tiny model, where <paramref name="more"/> says nothing else.</summary>
    public static string[] Training(string text, string folder, params string[] more) =>
        ["train", "--text", text, "--out", folder, .. Tiny.Chunk(2).Where(pair => !more.Contains(pair[0])).SelectMany(pair => pair), .. more];

    /// <summary>Writes a text of random words, in which the next letter can be guessed now and then.</summary>
    public static string WriteText(string path, int words = 1500, ulong seed = 1)
    {
        string[] choice = ["the", "cat", "dog", "sat", "mat", "on", "red", "Ann", "你好", "猫"];
        var random = new SeededRandom(seed);
        var text = new StringBuilder();
        for (int i = 0; i < words; i++)
        {
            text.Append(choice[random.NextInt32(choice.Length)]).Append(i % 9 == 8 ? ".\n" : " ");
        }

        File.WriteAllText(path, text.ToString());
        return path;
    }
}
