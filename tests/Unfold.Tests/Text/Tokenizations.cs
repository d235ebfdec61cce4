using Unfold.Text;

namespace Unfold.Tests.Text;

/// <summary>A way to cut text for every kind of token.</summary>
internal static class Tokenizations
{
    /// <summary>Subwords are learned from the text; where Chinese is to be cut and ICU is missing, the test is skipped.</summary>
    public static Tokenization Of(TokenKind kind, string text, LetterCase letterCase = LetterCase.Kept, TextMode mode = TextMode.Running)
    {
        if (kind == TokenKind.Segmented)
        {
            RequireIcu();
        }

        return kind == TokenKind.BytePair
            ? Learn(text, 400, letterCase, mode).Tokenization
            : new Tokenization(kind) { LetterCase = letterCase, Mode = mode };
    }

    /// <summary>Skips the test where the system has no ICU library: a machine without it can do everything but cut Chinese into words.</summary>
    public static void RequireIcu()
    {
        try
        {
            _ = IcuLibrary.Shared;
        }
        catch (UnfoldException missing)
        {
            Assert.Skip(missing.Message);
        }
    }

    /// <summary>Skips the test where the system's library, or its data of scripts, is missing.</summary>
    public static void RequireSimplifiedChinese()
    {
        try
        {
            new SimplifiedChinese().Dispose();
        }
        catch (UnfoldException missing)
        {
            Assert.Skip(missing.Message);
        }
    }

    /// <summary>Learns subwords.</summary>
    public static Vocabulary Learn(string text, int maximumSymbols, LetterCase letterCase = LetterCase.Kept, TextMode mode = TextMode.Running, long minimumCount = 1) => Corpus.Load(
        TextSource.FromString(text),
        new CorpusOptions { Kind = TokenKind.BytePair, LetterCase = letterCase, Mode = mode, MaximumSymbols = maximumSymbols, MinimumCount = minimumCount },
        cancellation: TestContext.Current.CancellationToken).Vocabulary;
}
