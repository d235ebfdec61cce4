using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>
/// Writes a target symbol by symbol (Luong et al., 2015, without input feeding): h_t = cell(E[y_(t-1)], h_(t-1)),
/// a_t = softmax of score(h_t, m_s) over the source's steps, c_t = the sum of a_ts m_s, z_t = tanh([c_t; h_t] W_z + b_z) and
/// p(y_t) = softmax(z_t W + b). Without attention z_t = h_t.
/// </summary>
/// <remarks>
/// The first state comes from the source over a bridge: of the final state s of the encoder's top layer, all its parts side by
/// side, s W_s + b_s gives all parts of all layers, those that are outputs through tanh. One symbol, the end, stands both
/// before the first and after the last one.
/// </remarks>
public sealed class TargetDecoder
{
    private readonly Embedding? _embedding;
    private readonly double _dropout;

    internal TargetDecoder(SequenceEncoder encoder, SymbolTable symbols, EncoderDecoderSettings settings, SeededRandom? random)
    {
        Symbols = symbols;
        SequenceEncoderSettings own = settings.Decoder;
        _dropout = own.Dropout;
        int classes = symbols.Count + 1;
        _embedding = own.Embedding == 0 ? null : new Embedding(classes, own.Embedding, random!, "decoder.embedding");
        LanguageModelSettings shape = own.ToLanguageModelSettings();
        var layers = new SequenceLayer[own.Layers];
        int width = own.Embedding == 0 ? classes : own.Embedding;
        for (int layer = 0; layer < layers.Length; layer++)
        {
            layers[layer] = new Recurrent(CellTable.Of(own.Cell).Create(shape, width, own.Hidden, random, $"decoder.layers.{layer}"));
            width = layers[layer].OutputSize;
        }

        Stack = new StackedLayers(layers, own.Dropout, own.Connection);
        Bridge = new Dense(Width(encoder.Stack.ZeroState(1).Layers[^1]), Stack.ZeroState(1).Layers.Sum(Width), random!, "bridge");
        int hidden = Stack.OutputSize, memory = encoder.OutputSize;
        Attention = settings.Attention switch
        {
            AttentionKind.Additive => new AdditiveAttention(hidden, memory, hidden, random),
            AttentionKind.Multiplicative => new MultiplicativeAttention(hidden, memory, random),
            _ => null,
        };
        Combination = Attention is null ? null : new Dense(memory + hidden, hidden, random!, "combination");
        Output = new SoftmaxOutput(hidden, classes, random!);
    }

    /// <summary>The symbols that can be written.</summary>
    public SymbolTable Symbols { get; }

    /// <summary>The number of the end, which comes after those of the symbols.</summary>
    public int End => Symbols.Count;

    /// <summary>From the final state of the encoder to the first of the decoder.</summary>
    public Dense Bridge { get; }

    /// <summary>The recurrent layers.</summary>
    public StackedLayers Stack { get; }

    /// <summary>Looks back at the source; null where the decoder does not.</summary>
    public Attention? Attention { get; }

    /// <summary>W_z and b_z, which take context and output together; null without attention.</summary>
    public Dense? Combination { get; }

    /// <summary>The output layer.</summary>
    public SoftmaxOutput Output { get; }

    /// <summary>Everything that is learned.</summary>
    public IReadOnlyList<Parameter> Parameters =>
    [
        .. _embedding is null ? [] : new[] { _embedding.Weights },
        .. Bridge.Parameters,
        .. Stack.Parameters,
        .. Attention?.Parameters ?? [],
        .. Combination?.Parameters ?? [],
        .. Output.Projection.Parameters,
    ];

    /// <summary>The layers in the order in which they compute, to be written.</summary>
    internal IEnumerable<object> Layers => new object?[] { _embedding, Bridge, Stack, Attention, Combination, Output.Projection }.OfType<object>();

    /// <summary>About how many values a step of a search takes for each hypothesis, but for the weights of its source's steps: states before and after, context and logits.</summary>
    internal int ValuesOfStep => (4 * Stack.ZeroState(1).Layers.Sum(Width)) + (Combination?.InputSize ?? 0) + Symbols.Count + 1;

    /// <summary>The number of learned values of a decoder, before memory is taken for it.</summary>
    internal static Int128 CountParameters(SymbolTable symbols, EncoderDecoderSettings settings, Int128 memory)
    {
        SequenceEncoderSettings own = settings.Decoder;
        LanguageModelSettings shape = own.ToLanguageModelSettings(), source = settings.Encoder.ToLanguageModelSettings();
        CellTable.Count count = CellTable.Of(own.Cell).Count;
        Int128 h = shape.OutputSize(0), classes = symbols.Count + 1;
        Int128 layers = count(shape, own.Embedding == 0 ? classes : own.Embedding, own.Hidden) + ((own.Layers - 1) * count(shape, h, own.Hidden));
        int directions = settings.Encoder.ReadsForward ? 1 : 2;
        Int128 bridge = ((directions * source.StateSize(0)) + 1) * own.Layers * shape.StateSize(0);
        Int128 attention = settings.Attention switch
        {
            AttentionKind.Additive => (h * h) + (memory * h) + h,
            AttentionKind.Multiplicative => memory * h,
            _ => 0,
        };
        Int128 combination = settings.Attention == AttentionKind.None ? 0 : (memory + h + 1) * h;
        return (classes * own.Embedding) + bridge + layers + attention + combination + ((h + 1) * classes);
    }

    /// <summary>What the decoder begins with.</summary>
    internal StackState Start(Tape tape, StackState encoded)
    {
        IReadOnlyList<(string Name, Tensor Values)> parts = encoded.Layers[^1].Parts;
        Tensor values = Bridge.Forward(tape, tape.Concatenate([.. parts.Select(part => part.Values)]));
        var states = new SequenceState[Stack.Layers.Count];
        int column = 0;
        for (int layer = 0; layer < states.Length; layer++)
        {
            Cell cell = ((Recurrent)Stack.Layers[layer]).Cell;
            Tensor hidden = tape.Activate(tape.Columns(values, column, cell.HiddenSize), Activation.Tanh);
            Tensor? memory = cell.MemorySize == 0 ? null : tape.Columns(values, column + cell.HiddenSize, cell.MemorySize);
            states[layer] = RecurrentState.Of(hidden, memory);
            column += cell.HiddenSize + cell.MemorySize;
        }

        return new StackState(states);
    }

    /// <summary>The mean cross-entropy in nats per symbol, the end included, when each step is given the right symbol before it.</summary>
    internal Tensor Loss(Tape tape, AttentionMemory? memory, StackState start, IReadOnlyList<IReadOnlyList<string>> targets, SeededRandom? random)
    {
        var batch = new TargetBatch(targets, Symbols, End);
        SequenceOutput decoded = Stack.Forward(tape, Read(tape, batch.Inputs, targets.Count, random), start, batch.Lengths, random);
        Tensor? contexts = Attention is null ? null : Attention.Forward(tape, decoded.Outputs, memory!, batch.Lengths).Context;
        Tensor outputs = batch.WithoutPadding(tape, decoded.Outputs);
        contexts = contexts is null ? null : batch.WithoutPadding(tape, contexts);
        return Output.Loss(tape, Drop(tape, Combine(tape, contexts, outputs), random), batch.Targets);
    }

    /// <summary>One step of several hypotheses for each source: row k * B + b is hypothesis k of source b.</summary>
    /// <param name="tape">Does not record.</param>
    /// <param name="previous">The symbols before this step, a row each; a negative one where there is no hypothesis.</param>
    /// <param name="state">The state before this step.</param>
    /// <param name="memory">The B sources; null without attention.</param>
    /// <param name="hypotheses">The number of hypotheses of each source.</param>
    internal (Tensor Logits, StackState State, Tensor? Weights) Step(Tape tape, int[] previous, StackState state, AttentionMemory? memory, int[] hypotheses)
    {
        SequenceOutput decoded = Stack.Forward(tape, Read(tape, previous, previous.Length, random: null), state);
        int width = Stack.OutputSize;
        Tensor outputs = tape.View(new Shape(previous.Length / hypotheses.Length, hypotheses.Length, width), Copy(tape, decoded.Outputs), needsGradient: false);
        AttentionOutput? attended = Attention?.Forward(tape, outputs, memory!, hypotheses);
        Tensor logits = Output.Projection.Forward(tape, Combine(tape, attended?.Context, outputs));
        return (logits, (StackState)decoded.Final, attended?.Weights);
    }

    private static Memory<float> Copy(Tape tape, Tensor values)
    {
        Memory<float> copy = tape.Scratch(values.Shape.Length);
        values.Values.CopyTo(copy.Span);
        return copy;
    }

    private static int Width(SequenceState state) => state.Parts.Sum(part => part.Values.Shape.Columns);

    private SequenceInput Read(Tape tape, ReadOnlyMemory<int> symbols, int batch, SeededRandom? random) => _embedding is null
        ? SequenceInput.Of(symbols, batch)
        : _embedding.Read(tape, symbols, batch, _dropout, random);

    private Tensor Combine(Tape tape, Tensor? contexts, Tensor outputs) =>
        contexts is null ? outputs : tape.Activate(Combination!.Forward(tape, tape.Concatenate(contexts, outputs)), Activation.Tanh);

    private Tensor Drop(Tape tape, Tensor values, SeededRandom? random) =>
        random is null ? values : Dropout.Forward(tape, values, _dropout, random);
}
