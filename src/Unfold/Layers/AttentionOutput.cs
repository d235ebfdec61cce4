using Unfold.Autograd;

namespace Unfold.Layers;

/// <summary>What an attention returns.</summary>
/// <param name="Context">c, (T, B, F): for each query the weighted sum of its source's values.</param>
/// <param name="Weights">
/// a, (T, B, S): for each query a weight for each step of its source; they add up to 1, and are exactly 0 past the source's end.
/// To be looked at: no gradient flows back through them.
/// </param>
public sealed record AttentionOutput(Tensor Context, Tensor Weights);
