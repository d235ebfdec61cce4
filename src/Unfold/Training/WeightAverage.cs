using Unfold.Autograd;
using Unfold.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Unfold.Training;

/// <summary>
/// The running mean of the weights after several updates (Polyak and Juditsky, 1992), which forgets the noise of the last one:
/// mean_n = mean_(n-1) + (w_n - mean_(n-1)) / n.
/// </summary>
public sealed class WeightAverage
{
    private readonly ParameterSet _parameters;
    private readonly Memory<float> _values;

    /// <summary>Prepares the mean of no weights.</summary>
    /// <param name="parameters">The weights; the same set at every update.</param>
    public WeightAverage(ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _parameters = parameters;
        _values = PinnedMemory.Allocate(parameters.Values.Length, Initial.Zero);
    }

    /// <summary>n, the number of updates.</summary>
    public long Count { get; private set; }

    /// <summary>The mean, laid out as <see cref="ParameterSet.Values"/>; zeros before the first update.</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>Takes in the present weights.</summary>
    /// <param name="workers">The threads; the result does not depend on their number.</param>
    public void Add(Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        Count++;
        float share = 1f / Count;
        workers.Run(part =>
        {
            (int first, int end) = workers.Share(_values.Length, part, granularity: 1024);
            Span<float> mean = _values.Span[first..end];
            TensorPrimitives.Lerp(mean, _parameters.Values[first..end], share, mean);
        });
    }

    /// <summary>Exchanges mean and weights while something is done with the mean.</summary>
    public void Use(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Exchange();
        try
        {
            action();
        }
        finally
        {
            Exchange();
        }
    }

    /// <summary>Takes over the mean and the number of a checkpoint.</summary>
    /// <exception cref="ArgumentException">The number is negative, or there is not one value for each weight. Nothing has changed then.</exception>
    public void Restore(long count, ReadOnlySpan<float> values)
    {
        Limits.AtLeast(0, count, nameof(WeightAverage));
        if (values.Length != _values.Length)
        {
            throw new ArgumentException($"The mean of the weights must hold {_values.Length} values as the parameters do; found {values.Length}.", nameof(values));
        }

        values.CopyTo(_values.Span);
        Count = count;
    }

    private void Exchange()
    {
        Span<float> weights = _parameters.Edit(), mean = _values.Span;
        for (int i = 0; i < weights.Length; i++)
        {
            (weights[i], mean[i]) = (mean[i], weights[i]);
        }
    }
}
