using Unfold.Generation;

namespace Unfold.Tests.Generation;

public sealed class NextTokenTests
{
    [Fact]
    public void Probabilities_are_the_softmax_of_the_scaled_logits()
    {
        // Computed by hand: with temperature 0.5 the logits 0, ln 2, ln 3 weigh 1, 4, 9.
        double[] probabilities = new double[4];
        NextToken.Probabilities([0, MathF.Log(2), MathF.Log(3), float.NegativeInfinity], 0.5, probabilities);
        Assert.Equal(1 / 14.0, probabilities[0], 6);
        Assert.Equal(4 / 14.0, probabilities[1], 6);
        Assert.Equal(9 / 14.0, probabilities[2], 6);
        Assert.Equal(0, probabilities[3]);
        Assert.Equal(1, probabilities.Sum(), 14);
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        double[] probabilities = new double[3];
        NextToken.Probabilities([3e38f, 3e38f, -3e38f], 1, probabilities);
        Assert.Equal([0.5, 0.5, 0], probabilities);
    }

    [Fact]
    public void Likeliest_lists_in_falling_order_with_the_model_s_own_probabilities()
    {
        float[] logits = [MathF.Log(2), 0, MathF.Log(4), MathF.Log(2), 0];
        IReadOnlyList<(int Token, double Probability)> likeliest = NextToken.Likeliest(logits, 3);
        Assert.Equal([2, 0, 3], likeliest.Select(one => one.Token));
        Assert.Equal(0.4, likeliest[0].Probability, 6);
        Assert.Equal(0.2, likeliest[1].Probability, 6);
        Assert.Equal(0.2, likeliest[2].Probability, 6);

        IReadOnlyList<(int Token, double Probability)> without = NextToken.Likeliest(logits, 9, 2, 1);
        Assert.Equal([0, 3, 4], without.Select(one => one.Token));
        Assert.Equal(0.1, without[2].Probability, 6);
    }

    [Fact]
    public void Refuses_bad_arguments()
    {
        Assert.Throws<ArgumentException>(() => NextToken.Probabilities([1, 2], 1, new double[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => NextToken.Probabilities([1, 2], 0, new double[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => NextToken.Probabilities([1, 2], double.PositiveInfinity, new double[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => NextToken.Likeliest([1, 2], 0));
        Assert.Throws<UnfoldException>(() => NextToken.Likeliest([1, float.NaN], 1));
        Assert.Throws<UnfoldException>(() => NextToken.Likeliest([], 1));
    }
}
