using Unfold.Generation;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Text;

/// <summary>What a model of Chinese words can do where there is no ICU library.</summary>
public sealed class MissingIcuTests
{
    private const string Variable = "UNFOLD_EXPECT_NO_ICU";

    [Fact]
    public void A_model_of_Chinese_words_writes_without_cutting_a_text()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not null)
        {
            Assert.Null(Tokenization.SystemIcuVersion);
        }

        var vocabulary = new Vocabulary(TokenKind.Segmented, LetterCase.Kept, ["我", "昨天", "上学", "\n"]);
        Assert.Equal("我昨天上学\n", vocabulary.Decode([3, 4, 5, 6]));
        var prompt = new Prompt(new LanguageModel(new LanguageModelSettings { Hidden = 3 }, vocabulary, new SeededRandom(1)), "", cancellation: TestContext.Current.CancellationToken);
        Assert.NotEmpty(string.Concat(TextGenerator.Generate(prompt, new GenerationOptions { Length = 9 }, new SeededRandom(2), cancellation: TestContext.Current.CancellationToken)));
        Assert.NotEmpty(TextSearch.Search(prompt, new BeamOptions { Beam = 3, Length = 9 }, cancellation: TestContext.Current.CancellationToken)[0].Text);
    }

    [Fact]
    public void It_writes_in_a_process_that_finds_no_library()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux looks for libraries first where an environment variable says.");
        using var folder = new TemporaryFolder();
        foreach (string name in IcuFile.Names("libicuuc", ""))
        {
            // What is empty is no library, and no other is looked for in its place.
            File.WriteAllBytes(folder[name], []);
        }

        // .NET wants the library for itself, too, unless it is told to do without.
        ChildRun.Result result = ChildRun.Tests(
            ["-method", $"{typeof(MissingIcuTests).FullName}.{nameof(A_model_of_Chinese_words_writes_without_cutting_a_text)}"],
            TimeSpan.FromSeconds(60),
            ("LD_LIBRARY_PATH", folder.Path),
            ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"),
            (Variable, "1"));
        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", result.Output, StringComparison.Ordinal);
    }
}
