using Unfold.Numerics;

namespace Unfold.Initialization;

/// <summary>A scaled identity in each square block of columns.</summary>
internal sealed class IdentityInitializer(float scale) : Initializer
{
    private protected override void Write(Span<float> values, int fanIn, int fanOut, SeededRandom random)
    {
        RequireMatrix(values.Length, fanIn, fanOut, nameof(Identity));
        values.Clear();
        for (int j = 0; j < fanOut; j++)
        {
            values[((j % fanIn) * fanOut) + j] = scale;
        }
    }
}
