using Unfold.Autograd;
using Unfold.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Unfold.Training;

/// <summary>
/// Compares the gradients of the backward pass with differences of the loss: in double precision
/// (8 (f(x + s) - f(x - s)) - f(x + 2s) + f(x - 2s)) / 12s, which is the derivative but for s^4 times the fifth derivative; in single
/// precision (45 (f(x + s) - f(x - s)) - 9 (f(x + 2s) - f(x - 2s)) + f(x + 3s) - f(x - 3s)) / 60s, but for s^6 times the seventh.
/// </summary>
/// <remarks>
/// The loss has to be the same function each time it is called: dropout must draw from a generator with the same seed. The
/// parameters' gradients are overwritten; their values are put back.
/// </remarks>
public static class GradientCheck
{
    // Single precision knows a loss to about 1e-7 of its size, so the step must be large; the stencil forgives that.
    private const double SingleStep = 1.0 / 16;

    // Small, so that hardly any perturbation crosses the corner of a relu.
    private const double DoubleStep = 1.0 / (1 << 18);

    /// <summary>
    /// Checks against differences of the loss itself. A right gradient shows a relative error of 1e-5 to 1e-3, the noise of single
    /// precision, and up to some percent where the steps cross corners, as of relu; a wrong one 0.1 to 2.
    /// </summary>
    /// <param name="parameters">The parameters to be checked.</param>
    /// <param name="loss">Computes the loss, a single value, on a tape.</param>
    /// <param name="options">How to look.</param>
    public static GradientCheckReport Run(IReadOnlyList<Parameter> parameters, Func<Tape, Tensor> loss, GradientCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(loss);
        options ??= new GradientCheckOptions();
        Workers workers = options.Workers ?? new Workers(1);
        float[][] gradients = Gradients(parameters, loss, workers);
        var tape = new Tape(workers) { Recording = false };
        return Compare(parameters, gradients, options, GradientCheckSource.Loss, (index, entry) =>
        {
            Parameter parameter = parameters[index];
            float value = parameter.Values[entry];
            double difference = WideDifference(SingleStep, offset =>
            {
                parameter.Edit()[entry] = (float)(value + offset);
                tape.Reset();
                return loss(tape).Values[0];
            });
            parameter.Edit()[entry] = value;
            return difference;
        });
    }

    /// <summary>
    /// Checks against differences of the same loss in double precision. A right gradient shows a relative error of about 1e-6,
    /// so even one entry that is off by a percent is seen.
    /// </summary>
    /// <param name="parameters">The parameters to be checked.</param>
    /// <param name="loss">Computes the loss, a single value, on a tape.</param>
    /// <param name="reference">The same loss from the values of the parameters by name, for example one of <see cref="Reference"/>.</param>
    /// <param name="options">How to look.</param>
    public static GradientCheckReport Run(
        IReadOnlyList<Parameter> parameters,
        Func<Tape, Tensor> loss,
        Func<IReadOnlyDictionary<string, double[]>, double> reference,
        GradientCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(reference);
        options ??= new GradientCheckOptions();
        float[][] gradients = Gradients(parameters, loss, options.Workers ?? new Workers(1));
        var values = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (Parameter parameter in parameters)
        {
            var copy = new double[parameter.Shape.Length];
            TensorPrimitives.ConvertChecked(parameter.Values, copy);
            values.Add(parameter.Name, copy);
        }

        return Compare(parameters, gradients, options, GradientCheckSource.Reference, (index, entry) =>
        {
            double[] copy = values[parameters[index].Name];
            double value = copy[entry];
            double difference = Difference(DoubleStep, offset =>
            {
                copy[entry] = value + offset;
                return reference(values);
            });
            copy[entry] = value;
            return difference;
        });
    }

    // In pairs, so that a loss that does not change gives exactly zero.
    private static double Difference(double step, Func<double, double> f) =>
        ((8 * (f(step) - f(-step))) - (f(2 * step) - f(-2 * step))) / (12 * step);

    private static double WideDifference(double step, Func<double, double> f) =>
        ((45 * (f(step) - f(-step))) - (9 * (f(2 * step) - f(-2 * step))) + (f(3 * step) - f(-3 * step))) / (60 * step);

    private static float[][] Gradients(IReadOnlyList<Parameter> parameters, Func<Tape, Tensor> loss, Workers workers)
    {
        foreach (Parameter parameter in parameters)
        {
            parameter.Gradient.Clear();
        }

        var tape = new Tape(workers);
        tape.Backward(loss(tape));
        return [.. parameters.Select(parameter => parameter.Gradient.ToArray())];
    }

    private static GradientCheckReport Compare(
        IReadOnlyList<Parameter> parameters, float[][] gradients, GradientCheckOptions options, GradientCheckSource source, Func<int, int, double> difference)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EntriesPerParameter, 1);
        var random = new SeededRandom(options.Seed);
        var checks = new List<ParameterGradientCheck>();
        for (int index = 0; index < parameters.Count; index++)
        {
            float[] gradient = gradients[index];
            int[] entries = Sample(gradient.Length, options.EntriesPerParameter, random);
            double error = 0, analytic = 0, numeric = 0;
            foreach (int entry in entries)
            {
                double n = difference(index, entry);
                double g = gradient[entry];
                error += (g - n) * (g - n);
                analytic += g * g;
                numeric += n * n;
            }

            // Zero over zero is no error; a NaN stays a NaN.
            double largest = Math.Max(analytic, numeric);
            double relative = largest == 0 ? 0 : Math.Sqrt(error / largest);
            double magnitude = gradient.Length == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude<float>(gradient));
            checks.Add(new ParameterGradientCheck(parameters[index].Name, parameters[index].Shape, entries.Length, relative, magnitude));
        }

        return new GradientCheckReport(checks, source);
    }

    /// <summary>Chooses entries without repetition: the head of a shuffle, or all where there are few.</summary>
    private static int[] Sample(int length, int count, SeededRandom random)
    {
        int[] entries = [.. Enumerable.Range(0, length)];
        for (int i = 0; i < count && count < length; i++)
        {
            int j = i + random.NextInt32(length - i);
            (entries[i], entries[j]) = (entries[j], entries[i]);
        }

        return count < length ? entries[..count] : entries;
    }
}
