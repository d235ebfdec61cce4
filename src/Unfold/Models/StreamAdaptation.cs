namespace Unfold.Models;

/// <summary>How a model follows the text that it is measured on: from what has been scored it learns, remembers, or both.</summary>
public sealed record StreamAdaptation
{
    /// <summary>
    /// eta of dynamic evaluation (Mikolov et al., 2010; Krause et al., 2018): after each window the weights take a step down the gradient of its mean
    /// loss; 0 leaves them as they are.
    /// </summary>
    public double LearningRate { get; init; }

    /// <summary>N, the tokens that a continuous cache remembers with the outputs they came after (Grave et al., 2017); 0 for no cache.</summary>
    public int Cache { get; init; }

    /// <summary>theta of the cache, at least 0: how much more those outputs count that are like the present one.</summary>
    public double CacheFlatness { get; init; } = 0.3;

    /// <summary>lambda, the weight of the cache, in [0, 1).</summary>
    public double CacheWeight { get; init; } = 0.1;

    /// <summary>Whether a flatness can be used: its product with two outputs must be a number.</summary>
    public static bool IsFlatness(double flatness) => flatness >= 0 && float.IsFinite((float)flatness);

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Setting.Require(LearningRate == 0 || TrainingSettings.IsLearningRate(LearningRate), "The rate of dynamic evaluation", "0 for none, or above and a number that single precision can hold (1.5e-45 to 3.4e38)", LearningRate);
        Setting.Require(Cache >= 0, "The size of the cache", "0 for none, or above", Cache);
        Setting.Require(IsFlatness(CacheFlatness), "The flatness of the cache", "at least 0 and a number that single precision can hold (up to 3.4e38)", CacheFlatness);
        Setting.Require(CacheWeight is >= 0 and < 1, "The weight of the cache", "at least 0 and below 1", CacheWeight);
    }
}
