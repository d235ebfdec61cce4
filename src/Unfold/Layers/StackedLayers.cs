using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Numerics;

namespace Unfold.Layers;

/// <summary>
/// Layers one over the other: each reads the outputs of the one below, with dropout between them in training (Zaremba et al.,
/// 2014) and, by choice, residual connections around all but the first.
/// </summary>
public sealed class StackedLayers : SequenceLayer
{
    /// <summary>Creates a stack of layers.</summary>
    /// <param name="layers">From the one nearest to the input; each as wide in its input as the one below in its output.</param>
    /// <param name="dropout">The probability with which an output is dropped on its way from a layer to the next, in [0, 1).</param>
    /// <param name="connection">How the layers are connected.</param>
    /// <param name="mask">Whether all steps of time drop the same outputs.</param>
    /// <exception cref="ArgumentException">There is no layer, or two do not fit together; the message names them.</exception>
    public StackedLayers(IReadOnlyList<SequenceLayer> layers, double dropout = 0, StackConnection connection = StackConnection.Plain, DropoutMask mask = DropoutMask.Independent)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0)
        {
            throw new ArgumentException("StackedLayers: a stack has at least one layer; found none.", nameof(layers));
        }

        if (!(dropout >= 0 && dropout < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(dropout), FormattableString.Invariant($"StackedLayers: the dropout probability must be at least 0 and below 1; found {dropout}."));
        }

        if (layers.Contains(null!))
        {
            throw new ArgumentException($"StackedLayers: every layer must be given; layer {layers.ToList().IndexOf(null!)} is null.", nameof(layers));
        }

        for (int layer = 1; layer < layers.Count; layer++)
        {
            if (layers[layer].InputSize != layers[layer - 1].OutputSize)
            {
                throw new ArgumentException($"StackedLayers: layer {layer} must read what layer {layer - 1} writes, {layers[layer - 1].OutputSize} values; found {layers[layer]}.", nameof(layers));
            }
        }

        (Layers, Dropout, Connection, Mask) = ([.. layers], dropout, connection, mask);
    }

    /// <summary>The layers, from the one nearest to the input.</summary>
    public IReadOnlyList<SequenceLayer> Layers { get; }

    /// <summary>The probability with which an output is dropped on its way from a layer to the next.</summary>
    public double Dropout { get; }

    /// <summary>Whether all steps of time drop the same outputs.</summary>
    public DropoutMask Mask { get; }

    /// <summary>How the layers are connected.</summary>
    public StackConnection Connection { get; }

    /// <inheritdoc/>
    public override int InputSize => Layers[0].InputSize;

    /// <inheritdoc/>
    public override int OutputSize => Layers[^1].OutputSize;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [.. Layers.SelectMany(layer => layer.Parameters)];

    /// <inheritdoc/>
    public override StackState ZeroState(int batch) => new([.. Layers.Select(layer => layer.ZeroState(batch))]);

    /// <inheritdoc/>
    public override SequenceOutput Forward(
        Tape tape, SequenceInput input, SequenceState? initial = null, IReadOnlyList<int>? lengths = null, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        StackState? state = Check(initial);
        var finals = new SequenceState[Layers.Count];
        Tensor outputs = null!;
        for (int layer = 0; layer < Layers.Count; layer++)
        {
            SequenceOutput output = Layers[layer].Forward(tape, input, state?.Layers[layer], lengths, random);
            finals[layer] = output.Final;
            outputs = IsResidual(layer) ? tape.Add(output.Outputs, input.Dense!) : output.Outputs;
            if (layer < Layers.Count - 1)
            {
                input = SequenceInput.Of(random is null ? outputs : Unfold.Layers.Dropout.Forward(tape, outputs, Dropout, random, Mask));
            }
        }

        return new SequenceOutput(outputs, new StackState(finals));
    }

    /// <summary>Writes the layers, a line each.</summary>
    public override string ToString() => string.Join("\n", Layers);

    /// <summary>Whether a layer's input is added to its output.</summary>
    internal bool IsResidual(int layer) =>
        Connection == StackConnection.Residual && layer > 0 && Layers[layer].InputSize == Layers[layer].OutputSize;

    private StackState? Check(SequenceState? initial)
    {
        if (initial is null)
        {
            return null;
        }

        if (initial is not StackState state || state.Layers.Count != Layers.Count)
        {
            string found = initial is StackState other ? $"{other.Layers.Count} layers" : $"a {initial.GetType().Name}";
            throw new ArgumentException($"StackedLayers: the initial state must be a {nameof(StackState)} of {Layers.Count} layers; found {found}.", nameof(initial));
        }

        return state;
    }
}
