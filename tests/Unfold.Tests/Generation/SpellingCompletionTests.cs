using Unfold.Generation;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Generation;

/// <summary>The search for words that a model spells.</summary>
public sealed class SpellingCompletionTests
{
    [Fact]
    public void It_comes_to_an_end_however_many_words_are_wanted()
    {
        var model = new LanguageModel(new LanguageModelSettings { Hidden = 8, Layers = 2 }, new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", " ", "\n"]), new SeededRandom(2));
        IReadOnlyList<Completion> all = new WordCompleter(model).Complete("a", int.MaxValue);
        Assert.InRange(all.Count, 100, 100_000);
        Assert.Equal(all.Take(5), new WordCompleter(model).Complete("a", 1_000).Take(5));
    }
}
