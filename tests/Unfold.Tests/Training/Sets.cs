using Unfold.Autograd;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Training;

/// <summary>Small and larger sets of random parameters with random gradients.</summary>
internal static class Sets
{
    /// <summary>Three parameters of sizes that leave gaps in the flat buffer, 38 values in all.</summary>
    public static ParameterSet Small(ulong seed) => Create(seed, new Shape(3, 7), new Shape(5), new Shape(2, 2, 3));

    /// <summary>Enough values that a team of threads shares them out.</summary>
    public static ParameterSet Large(ulong seed) => Create(seed, new Shape(101, 203), new Shape(7), new Shape(61, 97));

    /// <summary>Draws gradients; a third of a parameter's are zero, as in a table of tokens.</summary>
    public static void DrawGradients(ParameterSet parameters, SeededRandom random, double deviation = 1)
    {
        foreach (Parameter parameter in parameters)
        {
            float[] gradient = Draw.Normal(random, parameter.Shape.Length, deviation);
            for (int i = 0; i < gradient.Length / 3; i++)
            {
                gradient[i] = 0;
            }

            gradient.CopyTo(parameter.Gradient);
        }
    }

    private static ParameterSet Create(ulong seed, params Shape[] shapes)
    {
        var random = new SeededRandom(seed);
        var set = new ParameterSet(shapes.Select((shape, i) => new Parameter($"p{i}", shape)));
        foreach (Parameter parameter in set)
        {
            Draw.Normal(random, parameter.Shape.Length).CopyTo(parameter.Edit());
        }

        return set;
    }
}
