using Unfold.NGrams;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.NGrams;

/// <summary>A text in progress over an n-gram model.</summary>
public sealed class NGramSessionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Logits_are_the_log_probabilities(int order)
    {
        var text = new RandomText(11, TextMode.Sentences);
        NGramModel model = text.Train(new NGramOptions { Order = order, MinimumCounts = [1, 1, 2] });
        foreach (int[] beginning in text.Beginnings(30, 2))
        {
            NGramSession session = After(model, beginning);

            // Both sum the weights in one order.
            Assert.Equal(Enumerable.Range(0, model.Vocabulary.Count).Select(token => (float)session.LogProbability(token)), session.Logits.ToArray());
        }
    }

    [Fact]
    public void A_fork_goes_its_own_way()
    {
        var text = new RandomText(11, TextMode.Sentences);
        NGramModel model = text.Train(new NGramOptions { Order = 3 });
        NGramSession session = After(model, [3, 4]);
        NGramSession fork = session.Fork();
        fork.Feed(5);

        Assert.Equal(After(model, [3, 4]).LogProbability(3), session.LogProbability(3));
        Assert.Equal(After(model, [3, 4, 5]).LogProbability(3), fork.LogProbability(3));
        Close.Same(After(model, [3, 4, 5]).Logits, fork.Logits, "logits of the fork");
    }

    [Fact]
    public void After_the_end_the_next_sentence_begins()
    {
        var text = new RandomText(11, TextMode.Sentences);
        NGramModel model = text.Train(new NGramOptions { Order = 3 });

        Close.Same(model.Start().Logits, After(model, [3, 4, Vocabulary.EndId]).Logits, "a new sentence");
        Assert.Equal(double.NegativeInfinity, model.Start().LogProbability(Vocabulary.BeginId));
    }

    [Fact]
    public void A_token_outside_of_the_vocabulary_is_refused()
    {
        var text = new RandomText(11, TextMode.Sentences);
        NGramSession session = text.Train(new NGramOptions()).Start();

        Assert.Throws<ArgumentException>(() => session.LogProbability(text.Vocabulary.Count));
        Assert.Throws<ArgumentException>(() => session.Feed(-1));
    }

    private static NGramSession After(NGramModel model, int[] tokens)
    {
        NGramSession session = model.Start();
        foreach (int token in tokens)
        {
            session.Feed(token);
        }

        return session;
    }
}
