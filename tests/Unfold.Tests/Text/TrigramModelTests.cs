using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Text;

public class TrigramModelTests
{
    private const int V = 7;

    private static int[] Markov(int count)
    {
        // Each token is the sum of the two before, but for one in four that is drawn at random.
        SeededRandom random = new(4);
        int[] tokens = new int[count];
        for (int i = 2; i < count; i++)
        {
            tokens[i] = random.NextInt32(4) == 0 ? random.NextInt32(V) : (tokens[i - 1] + tokens[i - 2]) % V;
        }

        return tokens;
    }

    [Fact]
    public void Probabilities_sum_to_one_and_are_never_zero()
    {
        TrigramModel model = TrigramModel.Train(TokenStore.FromTokens(Markov(200), V + 2), V + 2);
        for (int u = 0; u < V + 2; u++)
        {
            for (int v = 0; v < V + 2; v++)
            {
                double[] row = [.. Enumerable.Range(0, V + 2).Select(w => model.Probability(u, v, w))];
                Assert.All(row, p => Assert.True(p > 0));
                Assert.Equal(1, row.Sum(), 12);
            }
        }
    }

    [Fact]
    public void A_source_of_order_two_is_learnt_to_its_entropy()
    {
        TokenStore all = TokenStore.FromTokens(Markov(120_000), V);
        double right = 0.75 + (0.25 / V), wrong = 0.25 / V;
        double entropy = -(right * Math.Log(right)) - ((V - 1) * wrong * Math.Log(wrong));
        double nats = TrigramModel.Train(all.Slice(0, 100_000), V).NatsPerToken(all.Slice(100_000, 20_000));
        Assert.Equal(entropy, nats, 0.03);
    }

    [Fact]
    public void Random_tokens_cost_the_logarithm_of_their_number()
    {
        SeededRandom random = new(8);
        TokenStore all = TokenStore.FromTokens([.. Enumerable.Range(0, 60_000).Select(_ => random.NextInt32(V))], V);
        Assert.Equal(Math.Log(V), TrigramModel.Train(all.Slice(0, 50_000), V).NatsPerToken(all.Slice(50_000, 10_000)), 0.01);
    }

    [Fact]
    public void A_text_that_is_too_short_is_refused()
    {
        Assert.Throws<UnfoldException>(() => TrigramModel.Train(TokenStore.FromTokens(new int[29], V), V));
        TrigramModel model = TrigramModel.Train(TokenStore.FromTokens(new int[30], V), V);
        Assert.Throws<UnfoldException>(() => model.NatsPerToken(TokenStore.FromTokens(new int[2], V)));
    }
}
