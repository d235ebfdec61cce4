using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Unfold.Layers;

/// <summary>
/// The adaptive softmax for large vocabularies (Grave et al., 2017): the classes are in order of frequency; the first ones and one
/// class for each cluster of the others share the head, p(class) = softmax(h W + b); a class of cluster k has p(cluster k) times
/// softmax((h P_k + c_k) W_k + b_k), where P_k makes h four times as narrow from cluster to cluster.
/// </summary>
/// <remarks>
/// The probabilities are exact and sum to one. A step of training computes a cluster only for the rows whose targets lie there; that is what it
/// saves, and it saves nothing where the classes are not in order of frequency.
/// </remarks>
public sealed class AdaptiveSoftmaxOutput : OutputLayer
{
    // The first cluster begins here, each other one at five times as many classes as the one before.
    private const int HeadClasses = 2_000, Growth = 5;

    // P_k divides the width by this for each cluster, but not below the narrowest.
    private const int Narrowing = 4, Narrowest = 8;

    private readonly int[] _borders;
    private readonly SoftmaxOutput _head;
    private readonly (Dense Projection, SoftmaxOutput Output)[] _clusters;

    /// <summary>Creates a layer with clusters that suit the number of classes; W are Glorot uniform, b zero.</summary>
    /// <param name="input">H, the width of the input.</param>
    /// <param name="classes">V, the number of classes, the most frequent first.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    public AdaptiveSoftmaxOutput(int input, int classes, SeededRandom random, string name = "output")
        : this(input, classes, Cutoffs(classes), random, name)
    {
    }

    /// <summary>Creates a layer; W are Glorot uniform, b zero.</summary>
    /// <param name="input">H, the width of the input.</param>
    /// <param name="classes">V, the number of classes, the most frequent first.</param>
    /// <param name="cutoffs">The first class of each cluster, ascending, from 1 to V - 1; none for a plain softmax.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="name">The name that its parameters' names begin with.</param>
    /// <exception cref="ArgumentException">The cutoffs do not ascend between 1 and V - 1.</exception>
    public AdaptiveSoftmaxOutput(int input, int classes, IReadOnlyList<int> cutoffs, SeededRandom random, string name = "output")
    {
        ArgumentNullException.ThrowIfNull(cutoffs);
        _borders = [.. cutoffs, classes];
        for (int k = 0; k < _borders.Length; k++)
        {
            if (_borders[k] <= (k == 0 ? 0 : _borders[k - 1]))
            {
                throw new ArgumentException($"{name}: the cutoffs must ascend from 1 to {classes - 1}; found {string.Join(", ", cutoffs)}.", nameof(cutoffs));
            }
        }

        (InputSize, Classes) = (input, classes);
        _head = new SoftmaxOutput(input, _borders[0] + cutoffs.Count, random, $"{name}.head");
        _clusters = [.. cutoffs.Select((_, k) => (
            new Dense(input, Width(input, k), random, $"{name}.clusters.{k}.projection"),
            new SoftmaxOutput(Width(input, k), _borders[k + 1] - _borders[k], random, $"{name}.clusters.{k}")))];
    }

    /// <inheritdoc/>
    public override int InputSize { get; }

    /// <inheritdoc/>
    public override int Classes { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
        [.. _head.Parameters, .. _clusters.SelectMany(cluster => (IEnumerable<Parameter>)[.. cluster.Projection.Parameters, .. cluster.Output.Parameters])];

    /// <summary>The first class of each cluster.</summary>
    public IReadOnlyList<int> ClusterStarts => _borders[..^1];

    /// <summary>The clusters that suit a number of classes: they begin at 2,000, 10,000, 50,000 and so on, as long as half of the classes lie behind.</summary>
    public static IReadOnlyList<int> Cutoffs(int classes)
    {
        var cutoffs = new List<int>();
        for (long cutoff = HeadClasses; cutoff <= classes / 2; cutoff *= Growth)
        {
            cutoffs.Add((int)cutoff);
        }

        return cutoffs;
    }

    /// <inheritdoc/>
    public override Tensor Loss(Tape tape, Tensor input, ReadOnlyMemory<int> targets, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        _head.Projection.Check(input);
        int counted = Count(targets.Span, input.Shape.Rows);
        int[] head = [.. targets.Span];
        var rows = new List<int>[_clusters.Length];
        for (int k = 0; k < rows.Length; k++)
        {
            rows[k] = [];
        }

        for (int row = 0; row < head.Length; row++)
        {
            if (head[row] >= _borders[0])
            {
                int k = ClusterOf(head[row]);
                rows[k].Add(row);
                head[row] = _borders[0] + k;
            }
        }

        Tensor loss = _head.Loss(tape, input, head);
        for (int k = 0; k < rows.Length; k++)
        {
            if (rows[k].Count > 0)
            {
                int[] own = [.. rows[k].Select(row => targets.Span[row] - _borders[k])];
                Tensor narrow = _clusters[k].Projection.Forward(tape, tape.SelectRows(input, [.. rows[k]]));
                loss = tape.Add(loss, tape.Scale(_clusters[k].Output.Loss(tape, narrow, own), (float)((double)own.Length / counted)));
            }
        }

        return loss;
    }

    /// <summary>The log probabilities of all classes, which are logits too. They are a constant: gradients flow from <see cref="Loss"/> alone.</summary>
    /// <inheritdoc/>
    public override Tensor Logits(Tape tape, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(tape);
        _head.Projection.Check(input);
        Tensor logits = tape.Result(input.Shape.WithColumns(Classes), needsGradient: false);
        Prepare(tape.Workers);
        ComputeShare(input.Values, input.Shape.Rows, logits.Edit());
        return logits;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"AdaptiveSoftmaxOutput({InputSize} -> {Classes}, clusters from {string.Join(", ", ClusterStarts.DefaultIfEmpty(Classes))}, {Parameters.Sum(parameter => (long)parameter.Shape.Length):N0} parameters)");

    internal override void Prepare(Workers workers)
    {
        _head.Prepare(workers);
        foreach ((Dense projection, SoftmaxOutput output) in _clusters)
        {
            projection.Prepare(workers);
            output.Prepare(workers);
        }
    }

    internal override void ComputeShare(ReadOnlySpan<float> input, int rows, Span<float> logits)
    {
        for (int row = 0; row < rows; row++)
        {
            Compute(input.Slice(row * InputSize, InputSize), logits.Slice(row * Classes, Classes));
        }
    }

    private void Compute(ReadOnlySpan<float> input, Span<float> logits)
    {
        Span<float> head = new float[_head.Classes];
        _head.ComputeShare(input, 1, head);
        Normalize(head, 0);
        head[.._borders[0]].CopyTo(logits);
        for (int k = 0; k < _clusters.Length; k++)
        {
            (Dense projection, SoftmaxOutput output) = _clusters[k];
            Span<float> narrow = new float[projection.OutputSize];
            projection.ComputeShare(input, 1, narrow);
            Span<float> cluster = logits[_borders[k].._borders[k + 1]];
            output.ComputeShare(narrow, 1, cluster);
            Normalize(cluster, head[_borders[0] + k]);
        }
    }

    /// <summary>The number of learned values of a layer with clusters that suit the number of classes.</summary>
    internal static Int128 CountParameters(Int128 input, int classes)
    {
        int[] borders = [.. Cutoffs(classes), classes];
        Int128 count = (borders[0] + borders.Length - 1) * (input + 1);
        for (int k = 0; k < borders.Length - 1; k++)
        {
            int width = Width((int)Int128.Min(input, int.MaxValue), k);
            count += (width * (input + 1)) + ((Int128)(borders[k + 1] - borders[k]) * (width + 1));
        }

        return count;
    }

    /// <summary>The number of learned tensors of such a layer: weights and bias of the head, and of both layers of each cluster.</summary>
    internal static int CountTensors(int classes) => 2 + (4 * Cutoffs(classes).Count);

    /// <summary>The most logits that a row of such a layer has in training: those of the head and of one cluster.</summary>
    internal static int MostLogits(int classes)
    {
        int[] borders = [.. Cutoffs(classes), classes];
        int largest = borders.Zip(borders.Skip(1), (first, next) => next - first).DefaultIfEmpty(0).Max();
        return borders[0] + borders.Length - 1 + largest;
    }

    private static int Width(int input, int cluster)
    {
        int width = input;
        for (int k = 0; k <= cluster; k++)
        {
            width /= Narrowing;
        }

        return Math.Max(width, Math.Min(input, Narrowest));
    }

    private int ClusterOf(int target)
    {
        int k = 0;
        while (target >= _borders[k + 1])
        {
            k++;
        }

        return k;
    }

    /// <summary>Turns logits into log probabilities and adds to all of them.</summary>
    private static void Normalize(Span<float> logits, float added)
    {
        float highest = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - highest);
        }

        TensorPrimitives.Add(logits, (float)(added - highest - Math.Log(sum)), logits);
    }
}
