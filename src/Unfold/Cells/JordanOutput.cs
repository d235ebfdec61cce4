namespace Unfold.Cells;

/// <summary>g, which makes the output of a <see cref="JordanCell"/> of its sums s.</summary>
public enum JordanOutput
{
    /// <summary>s: values without bounds.</summary>
    Identity,

    /// <summary>1 / (1 + e^-s): values in (0, 1), each of its own.</summary>
    Sigmoid,

    /// <summary>tanh(s): values in (-1, 1).</summary>
    Tanh,

    /// <summary>e^s over the sum of them all: the probabilities of classes.</summary>
    Softmax,
}
