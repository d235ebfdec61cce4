using Unfold.Numerics;
using Unfold.Numerics.Products;

namespace Unfold.Bench;

/// <summary>
/// The products with the recurrent weights of one layer over a whole step, as the layer does them, and nothing else: h W for
/// each time step, dA W^T for each time step back, and h^T dA once. Each thread has batch rows of its own.
/// </summary>
internal sealed class RecurrentProducts
{
    private readonly int _steps, _batch, _hidden, _gates;
    private readonly Workers _workers;
    private readonly PackedMatrix _forward = new(), _transposed = new();
    private readonly float[] _weights, _states, _sums, _slopes, _gradient;

    public RecurrentProducts(int steps, int batch, int hidden, int gates, Workers workers)
    {
        (_steps, _batch, _hidden, _gates, _workers) = (steps, batch, hidden, gates, workers);
        var random = new SeededRandom(3);
        float[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];
        _weights = Draw(hidden * gates);
        _states = Draw(steps * batch * hidden);
        _sums = Draw(steps * batch * gates);
        _slopes = new float[batch * hidden];
        _gradient = new float[hidden * gates];
        var view = new MatrixView(_weights, hidden, gates);
        _forward.Pack(view, workers);
        _transposed.Pack(view.Transposed, workers);
    }

    /// <summary>The floating-point operations of one of the three.</summary>
    public double Operations => 2.0 * _steps * _batch * _hidden * _gates;

    /// <summary>A = h W for each time step.</summary>
    public void Forward() => EachStep((at, first, rows) =>
        _forward.Multiply(_states.AsSpan((at + first) * _hidden), _hidden, rows, _sums.AsSpan((at + first) * _gates), _gates, Accumulation.Overwrite));

    /// <summary>dh = dA W^T for each time step.</summary>
    public void Backward() => EachStep((at, first, rows) =>
        _transposed.Multiply(_sums.AsSpan((at + first) * _gates), _gates, rows, _slopes.AsSpan(first * _hidden), _hidden, Accumulation.Overwrite));

    /// <summary>dW = h^T dA over all rows at once.</summary>
    public void WeightGradient()
    {
        int rows = _steps * _batch;
        MatrixProduct.Multiply(_workers, new MatrixView(_states, rows, _hidden).Transposed, new MatrixView(_sums, rows, _gates), _gradient, Accumulation.Overwrite);
    }

    private void EachStep(Action<int, int, int> product) => _workers.Run(part =>
    {
        (int first, int end) = _workers.Share(_batch, part);
        for (int t = 0; t < _steps && first < end; t++)
        {
            product(t * _batch, first, end - first);
        }
    });
}
