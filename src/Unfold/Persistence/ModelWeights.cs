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
            writer.Add(parameter.Name, parameter.Memory, parameter.Shape.ToArray());
        }
    }

    /// <summary>Reads all parameters.</summary>
    /// <exception cref="UnfoldException">One is missing, has another shape, or holds a value that is not finite.</exception>
    public static void Read(SafeTensorsFile file, ParameterSet parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            ReadOne(file, parameter, parameter.Edit());
        }
    }

    /// <summary>Reads the values of all parameters and changes none.</summary>
    /// <exception cref="UnfoldException">One is missing, has another shape, or holds a value that is not finite.</exception>
    public static float[][] ReadAll(SafeTensorsFile file, ParameterSet parameters) =>
        [.. parameters.Select(parameter =>
        {
            float[] values = new float[parameter.Shape.Length];
            ReadOne(file, parameter, values);
            return values;
        })];

    /// <summary>Writes what <see cref="ReadAll"/> has read.</summary>
    public static void Assign(float[][] values, ParameterSet parameters)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i].CopyTo(parameters[i].Edit());
        }
    }

    /// <summary>Throws unless all values can be computed with, so that a good model is not replaced by one that cannot be loaded.</summary>
    /// <exception cref="UnfoldException">One is not a number, or infinite.</exception>
    public static void RequireSavable(ParameterSet parameters, string folder)
    {
        int bad = OptimizerKernels.FirstNonFinite(parameters.Values);
        if (bad >= 0)
        {
            throw new UnfoldException($"The model is not saved to {folder}: its weights {parameters.At(bad).Name} hold a value that is not a number or infinite.");
        }
    }

    /// <summary>Throws unless all values that were read can be computed with.</summary>
    /// <exception cref="UnfoldException">One is not a number, or infinite.</exception>
    public static void RequireFinite(SafeTensorsFile file, string name, ReadOnlySpan<float> values)
    {
        int bad = OptimizerKernels.FirstNonFinite(values);
        if (bad >= 0)
        {
            throw new UnfoldException(FormattableString.Invariant($"The weights in {file.Name} are damaged: value {bad} of {name} is {values[bad]}."));
        }
    }

    private static void ReadOne(SafeTensorsFile file, Parameter parameter, Span<float> values)
    {
        file.ReadSingles(parameter.Name, values, parameter.Shape.ToArray());
        RequireFinite(file, parameter.Name, values);
    }
}
