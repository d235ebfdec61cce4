using Unfold.Numerics;
using Unfold.Numerics.Products;

namespace Unfold.Bench;

/// <summary>The three matrix products of a training step of an exact output and nothing else, the floor of that step: h W, dA W^T and h^T dA.</summary>
internal sealed class SoftmaxProducts
{
    private readonly int _classes;
    private readonly Workers _workers;
    private readonly float[] _outputs, _weights, _slopes, _outputGradient, _weightGradient;

    public SoftmaxProducts(int classes, Workers workers)
    {
        (_classes, _workers) = (classes, workers);
        var random = new SeededRandom(3);
        float[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];
        _outputs = Draw(SoftmaxStep.Rows * SoftmaxStep.Width);
        _weights = Draw(SoftmaxStep.Width * classes);
        _slopes = new float[SoftmaxStep.Rows * classes];
        _outputGradient = new float[_outputs.Length];
        _weightGradient = new float[_weights.Length];
    }

    public void Run()
    {
        var h = new MatrixView(_outputs, SoftmaxStep.Rows, SoftmaxStep.Width);
        var w = new MatrixView(_weights, SoftmaxStep.Width, _classes);
        MatrixProduct.Multiply(_workers, h, w, _slopes, Accumulation.Overwrite);
        var a = new MatrixView(_slopes, SoftmaxStep.Rows, _classes);
        MatrixProduct.Multiply(_workers, a, w.Transposed, _outputGradient, Accumulation.Overwrite);
        MatrixProduct.Multiply(_workers, h.Transposed, a, _weightGradient, Accumulation.Overwrite);
    }
}
