using Unfold.Autograd;
using Unfold.Numerics;

namespace Unfold.Tests.Support;

/// <summary>Compares each gradient entry with differences of a double-precision loss, one by one.</summary>
public static class OracleDifferences
{
    private const double Step = 1.0 / (1 << 18);

    /// <param name="parameters">What to perturb.</param>
    /// <param name="loss">The loss through the library.</param>
    /// <param name="reference">The same loss in double precision.</param>
    /// <param name="entries">The most entries of one parameter; a larger one is sampled.</param>
    /// <param name="because">What is being checked.</param>
    public static void AssertAgree(
        IReadOnlyList<Parameter> parameters,
        Func<Tape, Tensor> loss,
        Func<IReadOnlyDictionary<string, double[]>, double> reference,
        int entries,
        string because)
    {
        var tape = new Tape(new Workers(2));
        foreach (Parameter parameter in parameters)
        {
            parameter.Gradient.Clear();
        }

        Tensor value = loss(tape);
        tape.Backward(value);
        Dictionary<string, double[]> values = parameters.ToDictionary(parameter => parameter.Name, parameter => Naive.Widen(parameter.Values));
        Close.Equal(reference(values), value.Values[0], relative: 1e-5, absolute: 1e-5, $"{because}: loss");
        var random = new SeededRandom(7);
        foreach (Parameter parameter in parameters)
        {
            double[] copy = values[parameter.Name];
            int count = Math.Min(entries, copy.Length);
            double[] wanted = new double[count];
            float[] found = new float[count];
            for (int i = 0; i < count; i++)
            {
                int entry = count == copy.Length ? i : random.NextInt32(copy.Length);
                double kept = copy[entry];
                wanted[i] = Difference(offset =>
                {
                    copy[entry] = kept + offset;
                    return reference(values);
                });
                copy[entry] = kept;
                found[i] = parameter.Gradient[entry];
            }

            // A small entry is the difference of terms as large as the others.
            double largest = wanted.Max(Math.Abs);
            Close.Equal(wanted, found, relative: 1e-4, absolute: 2e-6 * Math.Max(1, largest), $"{because}: gradient of {parameter}");
            Assert.True(parameter.Gradient.ToArray().Any(entry => Math.Abs(entry) > 1e-3), $"{because}: the gradient of {parameter} is all but zero and tests nothing.");
        }
    }

    private static double Difference(Func<double, double> f) => (f(-2 * Step) - (8 * f(-Step)) + (8 * f(Step)) - f(2 * Step)) / (12 * Step);
}
