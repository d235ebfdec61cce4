using Unfold.Autograd;
using Unfold.Numerics.Kernels;

namespace Unfold.Persistence;

/// <summary>The weights of a model as tensors of a safetensors file, each under its parameter's name.</summary>
internal static class ModelWeights
{
    /// <summary>Adds all parameters. Their memory is read when the file is written.</summary>
    public static void Add(SafeTensorsWriter writer, ParameterSet parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            writer.Add(parameter.Name, parameter.Memory, Sizes(parameter.Shape));
        }
    }

    /// <summary>Reads all parameters.</summary>
    /// <exception cref="UnfoldException">One is missing, has another shape, or holds a value that is not finite.</exception>
    public static void Read(SafeTensorsFile file, ParameterSet parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            Span<float> values = parameter.Edit();
            file.ReadSingles(parameter.Name, values, Sizes(parameter.Shape));
            int bad = OptimizerKernels.FirstNonFinite(values);
            if (bad >= 0)
            {
                throw new UnfoldException($"The weights are damaged: value {bad} of {parameter.Name} is {values[bad]}.");
            }
        }
    }

    private static int[] Sizes(Shape shape) => shape.Rank switch
    {
        1 => [shape[0]],
        2 => [shape[0], shape[1]],
        3 => [shape[0], shape[1], shape[2]],
        _ => [shape[0], shape[1], shape[2], shape[3]],
    };
}
