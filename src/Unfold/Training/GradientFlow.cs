using Unfold.Autograd;
using Unfold.Numerics;
using Unfold.Pictures;

namespace Unfold.Training;

/// <summary>
/// How far back in time the gradient of a loss reaches (Hochreiter, 1991; Bengio et al., 1994; Pascanu et al., 2013): for each
/// recurrent layer of a model the norm of dL/dh_k against the distance of step k from the end of its sequence.
/// </summary>
/// <remarks>
/// It shows what the layers do to a gradient where the loss depends on the last step alone. A loss over all steps gives each
/// of them a gradient of its own, beside which one from far away cannot be seen.
/// </remarks>
public sealed class GradientFlow
{
    private GradientFlow(double loss, IReadOnlyList<LayerFlow> layers) => (Loss, Layers) = (loss, layers);

    /// <summary>The loss.</summary>
    public double Loss { get; }

    /// <summary>One entry for each recurrent layer and direction, in the order in which they run.</summary>
    public IReadOnlyList<LayerFlow> Layers { get; }

    /// <summary>Measures any model on any batch.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="loss">Computes the loss on the tape that it is given, for the last step of each sequence.</param>
    /// <returns>The norms. The gradients of the parameters have been added to, as by any backward pass.</returns>
    /// <exception cref="ArgumentException">The loss ran no recurrent layer.</exception>
    /// <example><code>
    /// GradientFlow flow = GradientFlow.Measure(workers, tape => model.Loss(tape, inputs, targets, batch, over: LossOver.Last).Loss);
    /// </code></example>
    public static GradientFlow Measure(Workers workers, Func<Tape, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var probe = new GradientProbe();
        var tape = new Tape(workers) { Probe = probe };
        Tensor value = loss(tape);
        if (probe.Traces.Count == 0)
        {
            throw new ArgumentException("The loss ran no recurrent layer, so no gradient goes back through time.", nameof(loss));
        }

        double found = value.Values[0];
        tape.Backward(value);
        return new GradientFlow(found, [.. probe.Traces.GroupBy(trace => trace.Layer).Select(runs => Together([.. runs]))]);
    }

    /// <summary>The norms as lines over the distance, logarithmic, with the reading of each layer in the legend.</summary>
    /// <param name="title">What the picture shows.</param>
    public LineChart ToChart(string title)
    {
        var chart = new LineChart(title)
        {
            HorizontalLabel = "distance t - k in steps",
            VerticalLabel = "norm of dL/dh_k",
            VerticalScale = AxisScale.Logarithmic,
        };
        foreach (LayerFlow layer in Layers)
        {
            double[] distances = [.. Enumerable.Range(0, layer.Norms.Count).Select(distance => (double)distance)];
            chart.Add(layer.ToString(), distances, [.. layer.Norms]);
        }

        return chart;
    }

    /// <summary>One layer out of its runs, which come one after the other where a model walks through time itself.</summary>
    private static LayerFlow Together(StateTrace[] runs)
    {
        var norms = new List<double>();
        var memory = new List<double>();
        foreach (StateTrace run in runs.Reverse())
        {
            for (int distance = 0; distance < run.Steps; distance++)
            {
                norms.Add(Norm(run.Hidden(distance)));
                if (run.HasMemory)
                {
                    memory.Add(Norm(run.Memory(distance)));
                }
            }
        }

        return new LayerFlow(runs[0].Layer, norms, memory);
    }

    private static double Norm((double Squares, int Sequences) sum) => Math.Sqrt(sum.Squares / sum.Sequences);
}
