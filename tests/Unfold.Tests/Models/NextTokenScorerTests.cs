using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Models;

public sealed class NextTokenScorerTests
{
    [Theory]
    [InlineData(TextMode.Running)]
    [InlineData(TextMode.Sentences)]
    public void A_session_measures_what_the_scorer_of_whole_windows_does(TextMode mode)
    {
        string text = string.Concat(Enumerable.Repeat("the cat sat\non a mat, a flat mat\nand so on\n", 150));
        Corpus corpus = Corpus.Load(TextSource.FromString(text), new CorpusOptions { Kind = TokenKind.Word, Mode = mode }, cancellation: TestContext.Current.CancellationToken);
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 7, Layers = 2 }, corpus.Vocabulary, new SeededRandom(3));
        Score whole = LanguageModelScorer.Score(model, corpus.Train, new Workers(2), cancellation: TestContext.Current.CancellationToken);
        Score single = NextTokenScorer.Score(model, corpus.Train, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(whole.Tokens, single.Tokens);
        Assert.Equal(whole.Loss, single.Loss, 1e-5);
    }

    [Fact]
    public void A_text_of_one_token_is_refused()
    {
        Corpus corpus = Corpus.Load(TextSource.FromString("a b a"), new CorpusOptions { Kind = TokenKind.Word }, cancellation: TestContext.Current.CancellationToken);
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 2 }, corpus.Vocabulary, new SeededRandom(3));
        Assert.Contains("at least 2 tokens", Assert.Throws<UnfoldException>(() => NextTokenScorer.Score(model, corpus.Train.Slice(0, 1), cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }
}
