using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Models;

/// <summary>
/// A recurrent language model: p(token_(t+1) | token_1 .. token_t) = softmax(h_t W + b), where h_t is the output of a stack of
/// recurrent layers over embedded or one-hot tokens (Mikolov et al., 2010).
/// </summary>
public sealed class LanguageModel
{
    private readonly Recurrent[] _layers;

    /// <summary>Creates a model with random weights.</summary>
    /// <param name="settings">The shape.</param>
    /// <param name="vocabulary">The tokens; the model is as wide as it.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <exception cref="UnfoldException">A setting is out of range, or the model would not fit in memory.</exception>
    public LanguageModel(LanguageModelSettings settings, Vocabulary vocabulary, SeededRandom random)
        : this(settings, vocabulary, random ?? throw new ArgumentNullException(nameof(random)), default)
    {
    }

    // The layers draw no weights where there is no generator.
    private LanguageModel(LanguageModelSettings settings, Vocabulary vocabulary, SeededRandom? random, ValueTuple _)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(vocabulary);
        settings.Validate();
        MemoryBudget.RequireModel(settings, vocabulary.Count);
        Settings = settings;
        Vocabulary = vocabulary;
        Embedding = settings.Embedding == 0 ? null : new Embedding(vocabulary.Count, settings.Embedding, random!);
        _layers = new Recurrent[settings.Layers];
        int input = settings.Embedding == 0 ? vocabulary.Count : settings.Embedding;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer] = new Recurrent(CreateCell(settings, input, random!, $"layers.{layer}"));
            input = settings.Hidden;
        }

        Output = new SoftmaxOutput(settings.Hidden, vocabulary.Count, random!);
        Parameters = new ParameterSet(
        [
            .. Embedding is null ? Array.Empty<Parameter>() : [Embedding.Weights],
            .. _layers.SelectMany(layer => layer.Cell.Parameters),
            .. Output.Projection.Parameters,
        ]);
    }

    /// <summary>Creates a model whose weights have not been drawn, because a file holds them: drawing takes longer than reading.</summary>
    /// <inheritdoc cref="LanguageModel(LanguageModelSettings, Vocabulary, SeededRandom)"/>
    public static LanguageModel WithoutWeights(LanguageModelSettings settings, Vocabulary vocabulary) => new(settings, vocabulary, null, default);

    /// <summary>The shape.</summary>
    public LanguageModelSettings Settings { get; }

    /// <summary>The tokens.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Everything that is learned.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>The recurrent layers, from the one nearest to the input.</summary>
    public IReadOnlyList<Recurrent> Layers => _layers;

    /// <summary>The table of token vectors; null where tokens are one-hot.</summary>
    public Embedding? Embedding { get; }

    /// <summary>The output layer.</summary>
    public SoftmaxOutput Output { get; }

    /// <summary>A state of zeros for a batch of sequences.</summary>
    public LanguageModelState ZeroState(int batch) => new(
    [
        .. _layers.Select(layer => layer.Cell.State(
            new Tensor(new Shape(batch, layer.Cell.HiddenSize)),
            layer.Cell.MemoryWidth == 0 ? null : new Tensor(new Shape(batch, layer.Cell.MemoryWidth)))),
    ]);

    /// <summary>The mean cross-entropy of the targets in nats per token, and the state after the window.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="inputs">T * B tokens in order of time.</param>
    /// <param name="targets">For each input the token that comes next; a negative one is left out.</param>
    /// <param name="batch">B.</param>
    /// <param name="state">The state before the window; zeros where it is not given.</param>
    /// <param name="over">The steps that count; with <see cref="LossOver.Last"/> only the last B targets are looked at.</param>
    /// <param name="dropout">Where the choice of dropped values comes from in training; nothing is dropped where it is not given.</param>
    public (Tensor Loss, LanguageModelState Final) Loss(
        Tape tape,
        ReadOnlyMemory<int> inputs,
        ReadOnlyMemory<int> targets,
        int batch,
        LanguageModelState? state = null,
        LossOver over = LossOver.All,
        SeededRandom? dropout = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        if (targets.Length != inputs.Length && !(over == LossOver.Last && targets.Length == batch))
        {
            throw new ArgumentException($"Each of the {inputs.Length} inputs wants one target; found {targets.Length}.", nameof(targets));
        }

        (Tensor outputs, LanguageModelState final) = Run(tape, inputs, batch, state, dropout);
        Tensor loss = over == LossOver.All
            ? Output.Loss(tape, Drop(tape, outputs, dropout), targets)
            : Output.Loss(tape, Drop(tape, final.Layers[^1].Hidden, dropout), targets[^batch..]);
        return (loss, final);
    }

    /// <summary>The logits after each token, (T, B, V), and the state after the window. Their softmax is p(next token).</summary>
    public (Tensor Logits, LanguageModelState Final) Logits(Tape tape, ReadOnlyMemory<int> inputs, int batch, LanguageModelState? state = null)
    {
        (Tensor outputs, LanguageModelState final) = Run(tape, inputs, batch, state, dropout: null);
        return (Output.Projection.Forward(tape, outputs), final);
    }

    /// <summary>Writes the layers with their numbers of parameters.</summary>
    public override string ToString()
    {
        var lines = new List<string>();
        if (Embedding is not null)
        {
            lines.Add(Embedding.ToString());
        }

        lines.AddRange(_layers.Select(layer => layer.ToString()));
        lines.Add(Output.Projection.ToString());
        return $"LanguageModel({Parameters.ValueCount:N0} parameters)\n  {string.Join("\n  ", lines)}";
    }

    private static Cell CreateCell(LanguageModelSettings settings, int input, SeededRandom random, string name) => settings.Cell switch
    {
        CellKind.Rnn => new RnnCell(input, settings.Hidden, random, settings.Activation, name),
        CellKind.Gru => new GruCell(input, settings.Hidden, random, name: name),
        CellKind.Lstm => new LstmCell(input, settings.Hidden, random, name: name),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Cell, "This cell is not known."),
    };

    private (Tensor Outputs, LanguageModelState Final) Run(Tape tape, ReadOnlyMemory<int> inputs, int batch, LanguageModelState? state, SeededRandom? dropout)
    {
        ArgumentNullException.ThrowIfNull(tape);
        SequenceInput input = SequenceInput.Of(inputs, batch);
        if (input.Time == 0)
        {
            throw new ArgumentException("A model wants at least one time step; found no inputs.", nameof(inputs));
        }

        if (state is not null)
        {
            RequireState(state, batch);
        }

        if (Embedding is not null)
        {
            input = SequenceInput.Of(Drop(tape, Embedding.Forward(tape, inputs, batch), dropout));
        }

        var finals = new RecurrentState[_layers.Length];
        Tensor outputs = null!;
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            (outputs, finals[layer]) = _layers[layer].Forward(tape, input, state?.Layers[layer]);
            if (layer < _layers.Length - 1)
            {
                input = SequenceInput.Of(Drop(tape, outputs, dropout));
            }
        }

        return (outputs, new LanguageModelState(finals));
    }

    private void RequireState(LanguageModelState state, int batch)
    {
        if (state.Layers.Count != _layers.Length)
        {
            throw new ArgumentException($"The state has {state.Layers.Count} layers, but this model has {_layers.Length}.", nameof(state));
        }

        for (int layer = 0; layer < _layers.Length; layer++)
        {
            RecurrentState found = state.Layers[layer];
            var wanted = new Shape(batch, _layers[layer].Cell.HiddenSize);
            bool fits = found.Hidden.Shape == wanted
                && (found is LstmState) == (Settings.Cell == CellKind.Lstm)
                && (found.Memory is null || found.Memory.Shape == wanted);
            if (!fits)
            {
                throw new ArgumentException($"The state of layer {layer} is a {found.GetType().Name} of {found.Hidden.Shape}, but this model wants one of {Settings.Cell.ToString().ToLowerInvariant()} of {wanted}.", nameof(state));
            }
        }
    }

    private Tensor Drop(Tape tape, Tensor values, SeededRandom? random) =>
        random is null ? values : Dropout.Forward(tape, values, Settings.Dropout, random);
}
