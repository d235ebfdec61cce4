namespace Unfold.Models;

/// <summary>How a <see cref="LanguageModel"/> computes the probabilities of its vocabulary.</summary>
public enum SoftmaxKind
{
    /// <summary>All of them at each step of training.</summary>
    Exact,

    /// <summary>Frequent tokens at each step, rare ones in clusters that are computed where they come (Grave et al., 2017).</summary>
    Adaptive,

    /// <summary>A sample at each step of training, all where the model is used (Jean et al., 2015).</summary>
    Sampled,
}
