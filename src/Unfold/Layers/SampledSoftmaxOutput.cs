using Unfold.Autograd;
using Unfold.Initialization;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Numerics.Products;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Unfold.Layers;

/// <summary>
/// A softmax that is trained against a sample of the classes (Bengio and Senecal, 2008; Jean et al., 2015): the loss of a row is
/// -log of the softmax over its target t and the S drawn classes, each logit lowered by the logarithm of the probability q with which its class
/// is drawn: a_k = h W_k + b_k - ln q_k. A drawn class that is the target of a row does not count there.
/// </summary>
/// <remarks>
/// One sample serves all rows of a step, drawn by the log-uniform distribution, so the classes must be in order of frequency. Without a
/// generator the loss is that of the whole softmax, and so are the logits.
/// </remarks>
public sealed class SampledSoftmaxOutput : OutputLayer
{
    // Its exponential is zero next to any other.
    private const float Excluded = -1e30f;

    private readonly SoftmaxOutput _exact;
    private readonly bool _tied;

    /// <summary>Creates a layer; W is Glorot uniform, b zero.</summary>
    /// <param name="input">H, the width of the input.</param>
    /// <param name="classes">V, the number of classes, the most frequent first.</param>
    /// <param name="sampled">S, the number of classes that are drawn for a step, from 1 to half of V.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    /// <exception cref="ArgumentException">A size is out of range.</exception>
    public SampledSoftmaxOutput(int input, int classes, int sampled, SeededRandom random, string name = "output")
        : this(new Parameter($"{name}.weights", new Shape(classes, input)), sampled, name)
    {
        Weights.Initialize(Initializer.GlorotUniform, random);
    }

    /// <summary>Creates a layer whose W is the table of an embedding; b is zero.</summary>
    /// <param name="table">Owns the weights; H is the width of its vectors, V its number of tokens.</param>
    /// <param name="sampled">S, the number of classes that are drawn for a step, from 1 to half of V.</param>
    /// <param name="name">The name that its parameter's name begins with.</param>
    /// <exception cref="ArgumentException">S is out of range.</exception>
    public SampledSoftmaxOutput(Embedding table, int sampled, string name = "output")
        : this((table ?? throw new ArgumentNullException(nameof(table))).Weights, sampled, name)
    {
        _tied = true;
    }

    private SampledSoftmaxOutput(Parameter weights, int sampled, string name)
    {
        Weights = weights;
        _exact = new SoftmaxOutput(new Dense(weights, name));
        Sampled = sampled >= 1 && sampled <= Classes / 2
            ? sampled
            : throw new ArgumentException($"{name}: the number of sampled classes must be from 1 to half of all {Classes}; found {sampled}.", nameof(sampled));
    }

    /// <summary>W, (V, H): a row for each class.</summary>
    public Parameter Weights { get; }

    /// <summary>S, the number of classes that are drawn for a step.</summary>
    public int Sampled { get; }

    /// <inheritdoc/>
    public override int InputSize => _exact.InputSize;

    /// <inheritdoc/>
    public override int Classes => _exact.Classes;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _tied ? _exact.Parameters : [Weights, .. _exact.Parameters];

    /// <inheritdoc/>
    public override Tensor Loss(Tape tape, Tensor input, ReadOnlyMemory<int> targets, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        if (random is null)
        {
            return _exact.Loss(tape, input, targets);
        }

        _exact.Projection.Check(input);
        return new Step(this, tape, input, targets, Count(targets.Span, input.Shape.Rows), random).Run();
    }

    /// <inheritdoc/>
    public override Tensor Logits(Tape tape, Tensor input) => _exact.Logits(tape, input);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"SampledSoftmaxOutput({InputSize} -> {Classes}, {Sampled} sampled, {Parameters.Sum(parameter => (long)parameter.Shape.Length):N0} parameters)");

    internal override void Prepare(Workers workers) => _exact.Prepare(workers);

    internal override void ComputeShare(ReadOnlySpan<float> input, int rows, Span<float> logits) => _exact.ComputeShare(input, rows, logits);

    /// <summary>One sample with the logits of all rows: the target's in column 0, those of the drawn classes behind it.</summary>
    private sealed class Step
    {
        private readonly Parameter _weights, _bias;
        private readonly Tape _tape;
        private readonly Tensor _input;
        private readonly ReadOnlyMemory<int> _targets;
        private readonly int _rows, _columns, _width, _counted;
        private readonly int[] _sample;
        private readonly double[] _corrections;
        private readonly long _draws;
        private readonly Memory<float> _drawn, _logits;

        public Step(SampledSoftmaxOutput layer, Tape tape, Tensor input, ReadOnlyMemory<int> targets, int counted, SeededRandom random)
        {
            (_weights, _bias, _tape, _input, _targets, _counted) = (layer.Weights, layer._exact.Projection.Bias, tape, input, targets, counted);
            (_rows, _columns, _width) = (input.Shape.Rows, layer.Sampled + 1, layer.InputSize);
            _sample = new int[layer.Sampled];
            _draws = LogUniform.Draw(layer.Classes, _sample, random);
            _corrections = [.. _sample.Select(drawn => LogUniform.LogExpected(layer.Classes, drawn, _draws))];
            _drawn = tape.Scratch(checked(_sample.Length * _width));
            _logits = tape.Scratch(checked(_rows * _columns));
        }

        public Tensor Run()
        {
            for (int i = 0; i < _sample.Length; i++)
            {
                Row(_sample[i]).CopyTo(_drawn.Span[(i * _width)..]);
            }

            FillBias();
            MatrixProduct.Multiply(_tape.Workers, H, Drawn.Transposed, _logits.Span[1..], Accumulation.Add, _columns);
            Tensor loss = _tape.Result(new Shape(1), _tape.NeedsGradient(_input, _weights));
            loss.Edit()[0] = (float)(Losses(loss.NeedsGradient ? 1f / _counted : 0) / _counted);
            _tape.OnBackward(loss, () => AddGradients(loss.Gradient[0]));
            return loss;
        }

        private MatrixView H => new(_input.Values, _rows, _width);

        private MatrixView Drawn => new(_drawn.Span, _sample.Length, _width);

        private ReadOnlySpan<float> Row(int index) => _weights.Values.Slice(index * _width, _width);

        private void FillBias()
        {
            Span<float> first = _logits.Span[.._columns];
            for (int i = 0; i < _sample.Length; i++)
            {
                first[i + 1] = (float)(_bias.Values[_sample[i]] - _corrections[i]);
            }

            for (int row = 1; row < _rows; row++)
            {
                first.CopyTo(_logits.Span[(row * _columns)..]);
            }
        }

        /// <summary>The sum of the losses of all rows that count; the logits become their gradient.</summary>
        private double Losses(float scale)
        {
            Dictionary<int, int> places = _sample.Index().ToDictionary(drawn => drawn.Item, drawn => drawn.Index + 1);
            double[] losses = new double[_rows];
            _tape.Workers.Run(part =>
            {
                (int first, int end) = _tape.Workers.Share(_rows, part);
                for (int row = first; row < end; row++)
                {
                    Span<float> logits = _logits.Span.Slice(row * _columns, _columns);
                    int target = _targets.Span[row];
                    if (target < 0)
                    {
                        logits.Clear();
                        continue;
                    }

                    double product = TensorPrimitives.Dot(_input.Values.Slice(row * _width, _width), Row(target));
                    logits[0] = (float)(product + _bias.Values[target] - LogUniform.LogExpected(_weights.Shape[0], target, _draws));
                    if (places.TryGetValue(target, out int place))
                    {
                        logits[place] = Excluded;
                    }

                    losses[row] = SoftmaxKernels.CrossEntropy(logits, 0, scale);
                }
            });
            return losses.Sum();
        }

        private void AddGradients(float upstream)
        {
            Workers workers = _tape.Workers;
            if (upstream != 1)
            {
                TensorPrimitives.Multiply(_logits.Span, upstream, _logits.Span);
            }

            var slopes = new MatrixView(_logits.Span[1..], _rows, _sample.Length, _columns);
            if (_input.NeedsGradient)
            {
                MatrixProduct.Multiply(workers, slopes, Drawn, _input.Gradient, Accumulation.Add);
            }

            // The weights of the drawn classes are not needed any more.
            MatrixProduct.Multiply(workers, slopes.Transposed, H, _drawn.Span, Accumulation.Overwrite);
            Reductions.AddRowsAt(_drawn.Span, _sample, _width, _width, _weights.Gradient, workers);
            Memory<float> sums = _tape.Scratch(_columns);
            sums.Span.Clear();
            Reductions.AddColumnSums(_logits.Span, _rows, _columns, sums.Span, workers);
            for (int i = 0; i < _sample.Length; i++)
            {
                _bias.Gradient[_sample[i]] += sums.Span[i + 1];
            }

            AddTargets();
        }

        private void AddTargets()
        {
            for (int row = 0; row < _rows; row++)
            {
                int target = _targets.Span[row];
                if (target < 0)
                {
                    continue;
                }

                float slope = _logits.Span[row * _columns];
                if (_input.NeedsGradient)
                {
                    Span<float> own = _input.Gradient.Slice(row * _width, _width);
                    TensorPrimitives.MultiplyAdd(Row(target), slope, own, own);
                }

                Span<float> gradient = _weights.Gradient.Slice(target * _width, _width);
                TensorPrimitives.MultiplyAdd(_input.Values.Slice(row * _width, _width), slope, gradient, gradient);
                _bias.Gradient[target] += slope;
            }
        }
    }
}
