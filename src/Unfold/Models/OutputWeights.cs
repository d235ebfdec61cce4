namespace Unfold.Models;

/// <summary>Where the weights of the output of a <see cref="LanguageModel"/> come from.</summary>
public enum OutputWeights
{
    /// <summary>They are its own.</summary>
    Own,

    /// <summary>They are the table of the embedding, transposed (Press and Wolf, 2017; Inan et al., 2017).</summary>
    Tied,
}
