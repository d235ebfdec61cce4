using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using Unfold.Tests.Support;

namespace Unfold.Tests.Autograd;

/// <summary>
/// What every small operation must hold: values and gradients of a naive twin in double precision, gradients that are added and
/// not written, constants that take none, the same values without recording, and the same bits on any number of threads.
/// </summary>
internal static class OperationCheck
{
    /// <summary>An operation of any number of tensors.</summary>
    internal delegate Tensor Operation(Tape tape, Tensor[] inputs);

    /// <summary>The same one, value by value, in double precision.</summary>
    internal delegate double[] Naively(double[][] inputs);

    /// <summary>Random inputs, different in every entry.</summary>
    internal static Parameter[] Inputs(Shape[] shapes, double low = -1.5, double high = 1.5, ulong seed = 3)
    {
        var random = new SeededRandom(seed);
        var inputs = new Parameter[shapes.Length];
        for (int i = 0; i < shapes.Length; i++)
        {
            inputs[i] = new Parameter($"input {i}", shapes[i]);
            Draw.Uniform(random, shapes[i].Length, low, high).CopyTo(inputs[i].Edit());
        }

        return inputs;
    }

    internal static void Run(Shape[] shapes, Operation operation, Naively naive, double low = -1.5, double high = 1.5) =>
        Run(Inputs(shapes, low, high), operation, naive);

    internal static void Run(Parameter[] inputs, Operation operation, Naively naive)
    {
        double[] wanted = naive([.. inputs.Select(input => Naive.Widen(input.Values))]);
        Tensor result = operation(new Tape(new Workers(2)), inputs);
        Close.Equal(wanted, result.Values, relative: 1e-5, absolute: 2e-6, "the values");
        float[] projection = Draw.Uniform(new SeededRandom(5), wanted.Length, -1, 1);
        OracleDifferences.AssertAgree(
            inputs,
            tape => Projected(tape, operation(tape, inputs), projection),
            values => naive([.. inputs.Select(input => values[input.Name])]).Zip(projection, (y, p) => y * p).Sum(),
            entries: 40,
            "the operation");
        Constants(inputs, operation, projection);
        Gathering(inputs, operation, projection);
    }

    /// <summary>Values and gradients of a large case have the same bits on 1, 2 and 3 threads, and none of them is a NaN.</summary>
    internal static void SameBits(Shape[] shapes, Operation operation)
    {
        Parameter[] inputs = Inputs(shapes);
        float[][]? first = null;
        foreach (int threads in (int[])[1, 2, 3])
        {
            float[][] found = [.. Gradients(inputs, operation, projection: null, threads, out float[] values), values];
            Assert.All(found, numbers => Assert.True(numbers.All(float.IsFinite) && numbers.Any(number => number != 0), "The numbers are not finite or all zero."));
            first ??= found;
            for (int i = 0; i < found.Length; i++)
            {
                Close.Same(first[i], found[i], $"on {threads} threads, {(i < inputs.Length ? inputs[i].ToString() : "the values")}");
            }
        }
    }

    /// <summary>The message of the refusal, which names the operation and shows what was found.</summary>
    internal static string Refusal(string operation, Action action)
    {
        ArgumentException failure = Assert.ThrowsAny<ArgumentException>(action);
        Assert.StartsWith($"{operation}: ", failure.Message, StringComparison.Ordinal);
        return failure.Message;
    }

    private static Tensor Projected(Tape tape, Tensor y, float[] projection) => tape.Sum(tape.Multiply(y, new Tensor(y.Shape, projection)));

    private static void Constants(Parameter[] inputs, Operation operation, float[] projection)
    {
        float[][] wanted = Gradients(inputs, operation, projection, 2, out float[] values);
        Tensor[] constants = [.. inputs.Select(input => new Tensor(input.Shape, input.Values))];
        Tensor result = operation(new Tape(new Workers(2)), constants);
        Assert.False(result.NeedsGradient);
        Close.Same(values, result.Values, "from constants");
        result = operation(new Tape(new Workers(2)) { Recording = false }, inputs);
        Assert.False(result.NeedsGradient);
        Close.Same(values, result.Values, "without recording");
        for (int i = 0; i < inputs.Length; i++)
        {
            Tensor[] mixed = [.. constants];
            mixed[i] = inputs[i];
            inputs[i].Gradient.Clear();
            var tape = new Tape(new Workers(2));
            tape.Backward(Projected(tape, operation(tape, mixed), projection));
            Close.Same(wanted[i], inputs[i].Gradient, $"the gradient of {inputs[i]} alone");
        }
    }

    private static void Gathering(Parameter[] inputs, Operation operation, float[] projection)
    {
        float[][] wanted = Gradients(inputs, operation, projection, 1, out _);
        foreach (Parameter input in inputs)
        {
            input.Gradient.Fill(0.5f);
        }

        var tape = new Tape(new Workers(1));
        tape.Backward(Projected(tape, operation(tape, inputs), projection));
        for (int i = 0; i < inputs.Length; i++)
        {
            Close.Equal([.. wanted[i].Select(gradient => gradient + 0.5)], inputs[i].Gradient, relative: 1e-5, absolute: 1e-6, $"a gradient of {inputs[i]} that was there before");
        }
    }

    private static float[][] Gradients(Parameter[] inputs, Operation operation, float[]? projection, int threads, out float[] values)
    {
        foreach (Parameter input in inputs)
        {
            input.Gradient.Clear();
        }

        var tape = new Tape(new Workers(threads));
        Tensor y = operation(tape, inputs);
        values = y.Values.ToArray();
        tape.Backward(Projected(tape, y, projection ?? Draw.Uniform(new SeededRandom(5), y.Shape.Length, -1, 1)));
        return [.. inputs.Select(input => input.Gradient.ToArray())];
    }
}
