using Unfold.Numerics;

namespace Unfold.Initialization;

/// <summary>One number everywhere.</summary>
internal sealed class ConstantInitializer(float value) : Initializer
{
    private protected override void Write(Span<float> values, int fanIn, int fanOut, SeededRandom random) => values.Fill(value);
}
