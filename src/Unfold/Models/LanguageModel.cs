using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Models;

/// <summary>
/// A recurrent language model: p(token_(t+1) | token_1 .. token_t) = softmax(h_t W + b), where h_t is the output of a stack of
/// recurrent layers over embedded or one-hot tokens (Mikolov et al., 2010).
/// </summary>
/// <remarks>
/// Any number of threads may use one model at once, each with sessions of its own; nobody may while it is trained, or its weights or <see cref="LineEnd"/> are written.
/// </remarks>
public sealed class LanguageModel : NextTokenModel
{
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
        var layers = new SequenceLayer[settings.Layers];
        int input = settings.Embedding == 0 ? vocabulary.Count : settings.Embedding;
        for (int layer = 0; layer < layers.Length; layer++)
        {
            layers[layer] = new Recurrent(CellTable.Of(settings.Cell).Create(settings, input, settings.Hidden[layer], random, $"layers.{layer}")) { WeightDropout = settings.WeightDropout };
            input = layers[layer].OutputSize;
        }

        Stack = new StackedLayers(layers, settings.Dropout, settings.Connection, settings.DropoutMask);
        Output = CreateOutput(random);
        Parameters = new ParameterSet(
        [
            .. Embedding is null ? Array.Empty<Parameter>() : [Embedding.Weights],
            .. Stack.Parameters,
            .. Output.Parameters,
        ]);
    }

    /// <summary>Creates a model whose weights have not been drawn, because a file holds them: drawing takes longer than reading.</summary>
    /// <inheritdoc cref="LanguageModel(LanguageModelSettings, Vocabulary, SeededRandom)"/>
    public static LanguageModel WithoutWeights(LanguageModelSettings settings, Vocabulary vocabulary) => new(settings, vocabulary, null, default);

    /// <summary>The shape.</summary>
    public LanguageModelSettings Settings { get; }

    /// <inheritdoc/>
    public override Vocabulary Vocabulary { get; }

    /// <summary>Everything that is learned.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>The recurrent layers.</summary>
    public StackedLayers Stack { get; }

    /// <summary>The table of token vectors; null where tokens are one-hot.</summary>
    public Embedding? Embedding { get; }

    /// <summary>The output layer.</summary>
    public OutputLayer Output { get; }

    /// <summary>
    /// The state in which lines of the training text end, one row: the mean of h_t, and of what else a state has, over places t before a line
    /// feed or the end of a sentence. Lines begin from it: <see cref="StartLine"/>. Null where it was not looked for or too few lines end: zeros stand
    /// for it then. It belongs to the weights: a step of a trainer forgets it, and whoever changes them otherwise finds it anew or sets it to null.
    /// </summary>
    /// <exception cref="ArgumentException">The state is of another shape than one row of this model's.</exception>
    public StackState? LineEnd
    {
        get;
        set
        {
            if (value is not null)
            {
                ZeroState(batch: 1).RequireShape(value);
            }

            field = value;
        }
    }

    /// <summary>
    /// Starts a text from a state of zeros, on the calling thread alone. In sentence mode the end of a sentence stands before it, as in
    /// training; in running text the first token is foretold by nothing, so all are equally likely.
    /// </summary>
    public override LanguageModelSession Start() => Started(Vocabulary.Mode == TextMode.Sentences ? Vocabulary.EndId : null, from: null);

    /// <summary>
    /// Starts a line, or a sentence, as if others stood before it: the line feed, or the end symbol, is fed to <see cref="LineEnd"/>. A model
    /// that knows no line feed starts from zeros. The calling thread computes alone.
    /// </summary>
    public override LanguageModelSession StartLine() => Started(Vocabulary.LineFeedId is not Vocabulary.UnknownId and var end ? end : null, LineEnd);

    /// <summary>
    /// Starts a text that is to be written on: a line where <see cref="LineEnd"/> is known or lines are sentences, else from a state of zeros. A network of
    /// streams foretells what goes on from the middle of a line about as well from either.
    /// </summary>
    public override LanguageModelSession StartPrompt() => LineEnd is null ? Start() : StartLine();

    /// <summary>
    /// Finds <see cref="LineEnd"/> in the text that was learned: call it after a training by streams, when lines are to be scored, completed or written;
    /// <see cref="LanguageModelTrainer.UseMeasured"/> does. Such a network has hardly ever begun at zeros, and finds lines that do less likely than the
    /// same lines inside of a text.
    /// </summary>
    /// <remarks>
    /// The text is searched from 32 places at equal distances, from each for at most 16,384 tokens, for the next end of a line; the last 32 tokens before
    /// each are read from zeros. From fewer than 8 ends nothing is concluded.
    /// </remarks>
    /// <param name="text">The encoded text.</param>
    /// <param name="workers">The threads; the result does not depend on their number.</param>
    /// <exception cref="ArgumentException">A token that is read is not in the vocabulary.</exception>
    public void FindLineEnd(TokenStore text, Workers workers) => LineEnd = LineEndState.Mean(this, text, workers);

    /// <summary>Where trees of tokens are computed.</summary>
    internal ArenaPool Memory { get; } = new();

    /// <summary>A state of zeros for a batch of sequences.</summary>
    public StackState ZeroState(int batch) => Stack.ZeroState(batch);

    /// <summary>The mean cross-entropy of the targets in nats per token, and the state after the window.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="inputs">T * B tokens in order of time. The way back reads them again: leave them as they are until then.</param>
    /// <param name="targets">For each input the token that comes next; a negative one is left out. Leave them as they are until the way back, too.</param>
    /// <param name="batch">B.</param>
    /// <param name="state">The state before the window; zeros where it is not given.</param>
    /// <param name="over">The steps that count; with <see cref="LossOver.Last"/> only the last B targets are looked at.</param>
    /// <param name="dropout">Where the choice of dropped values comes from in training; nothing is dropped where it is not given.</param>
    public (Tensor Loss, StackState Final) Loss(
        Tape tape,
        ReadOnlyMemory<int> inputs,
        ReadOnlyMemory<int> targets,
        int batch,
        StackState? state = null,
        LossOver over = LossOver.All,
        SeededRandom? dropout = null)
    {
        CheckTargets(inputs, targets, batch, over);
        (Tensor outputs, StackState final) = Run(tape, inputs, batch, state, dropout);
        Tensor loss = over == LossOver.All
            ? Output.Loss(tape, Drop(tape, outputs, dropout), targets, dropout)
            : Output.Loss(tape, Drop(tape, LastOutput(tape, outputs, final), dropout), targets[^batch..], dropout);
        return (loss, final);
    }

    /// <summary>Adds the gradient of <see cref="Loss"/> to those of the parameters in the memory of a short window, for one more forward pass.</summary>
    /// <param name="recomputation">Cuts the window into segments.</param>
    /// <param name="inputs">T * B tokens in order of time.</param>
    /// <param name="targets">For each input the token that comes next; a negative one is left out.</param>
    /// <param name="batch">B.</param>
    /// <param name="state">The state before the window; zeros where it is not given.</param>
    /// <param name="over">The steps that count; with <see cref="LossOver.Last"/> only the last B targets are looked at.</param>
    /// <param name="dropout">Where the choice of dropped values comes from in training; nothing is dropped where it is not given.</param>
    /// <returns>The mean cross-entropy in nats per token, and the state after the window.</returns>
    public (double Loss, StackState Final) AddGradients(
        Recomputation recomputation,
        ReadOnlyMemory<int> inputs,
        ReadOnlyMemory<int> targets,
        int batch,
        StackState? state = null,
        LossOver over = LossOver.All,
        SeededRandom? dropout = null)
    {
        ArgumentNullException.ThrowIfNull(recomputation);
        CheckTargets(inputs, targets, batch, over);
        int steps = SequenceInput.Of(inputs, batch).Time;
        int all = over == LossOver.All ? Counted(targets.Span) : 0;
        (double loss, SequenceState final) = recomputation.Backward(
            steps,
            (tape, segment, initial) =>
            {
                ReadOnlyMemory<int> own = inputs.Slice(segment.Start * batch, segment.Steps * batch);
                if (over == LossOver.Last && tape.Recording && segment.End == steps)
                {
                    return Loss(tape, own, targets[^batch..], batch, (StackState?)initial, over, segment.Random);
                }

                ReadOnlyMemory<int> wanted = over == LossOver.All ? targets.Slice(segment.Start * batch, segment.Steps * batch) : default;
                int counted = tape.Recording ? Counted(wanted.Span) : 0;
                if (counted == 0)
                {
                    return (null, Run(tape, own, batch, (StackState?)initial, segment.Random).Final);
                }

                (Tensor mean, StackState after) = Loss(tape, own, wanted, batch, (StackState?)initial, over, segment.Random);
                return (tape.Scale(mean, (float)((double)counted / all)), after);
            },
            state,
            dropout);
        return (loss, (StackState)final);
    }

    /// <summary>The logits after each token, (T, B, V), and the state after the window. Their softmax is p(next token).</summary>
    public (Tensor Logits, StackState Final) Logits(Tape tape, ReadOnlyMemory<int> inputs, int batch, StackState? state = null)
    {
        (Tensor outputs, StackState final) = Run(tape, inputs, batch, state, dropout: null);
        return (Output.Logits(tape, outputs), final);
    }

    /// <inheritdoc/>
    public override double[] LogProbabilities(TokenTree tree, Workers workers, Action<double>? progress = null, CancellationToken cancellation = default) =>
        new LanguageModelTree(this, tree, workers).LogProbabilities(progress, cancellation);

    /// <summary>The outputs of the last layer, (T, B, F), and the state after the window; nothing is dropped.</summary>
    internal (Tensor Outputs, StackState Final) Outputs(Tape tape, ReadOnlyMemory<int> inputs, int batch, StackState? state) =>
        Run(tape, inputs, batch, state, dropout: null);

    /// <summary>Writes the layers with their numbers of parameters.</summary>
    public override string ToString()
    {
        var lines = new List<string>();
        if (Embedding is not null)
        {
            lines.Add(Embedding.ToString());
        }

        lines.AddRange(Stack.Layers.Select((layer, index) => Stack.IsResidual(index) ? $"{layer}, its input added" : layer.ToString()!));
        lines.Add(Output.ToString());
        return FormattableString.Invariant($"LanguageModel({Parameters.ValueCount:N0} parameters)\n  {string.Join("\n  ", lines)}");
    }

    private LanguageModelSession Started(int? token, StackState? from)
    {
        var session = new LanguageModelSession(this);
        if (from is not null)
        {
            session.State.CopyFrom(from);
        }

        if (token is { } first)
        {
            session.Feed(first);
        }

        return session;
    }

    private OutputLayer CreateOutput(SeededRandom? random)
    {
        int width = Stack.OutputSize, classes = Vocabulary.Count, sampled = Settings.SampledClasses;
        bool tied = Settings.OutputWeights == OutputWeights.Tied;
        if (Settings.Softmax == SoftmaxKind.Sampled && sampled > classes / 2)
        {
            throw new UnfoldException(FormattableString.Invariant($"A sampled softmax draws at most half of the {classes:N0} tokens of the vocabulary; found {sampled:N0}: draw fewer, or take the exact softmax, which suits small vocabularies."));
        }

        return Settings.Softmax switch
        {
            SoftmaxKind.Adaptive => new AdaptiveSoftmaxOutput(width, classes, random!),
            SoftmaxKind.Sampled => tied ? new SampledSoftmaxOutput(Embedding!, sampled) : new SampledSoftmaxOutput(width, classes, sampled, random!),
            _ => tied ? new SoftmaxOutput(Embedding!) : new SoftmaxOutput(width, classes, random!),
        };
    }

    private (Tensor Outputs, StackState Final) Run(Tape tape, ReadOnlyMemory<int> inputs, int batch, StackState? state, SeededRandom? dropout)
    {
        ArgumentNullException.ThrowIfNull(tape);
        SequenceInput input = SequenceInput.Of(inputs, batch);
        if (input.Time == 0)
        {
            throw new ArgumentException("A model wants at least one time step; found no inputs.", nameof(inputs));
        }

        if (Embedding is not null)
        {
            input = Embedding.Read(tape, inputs, batch, Settings.Dropout, dropout, Settings.WordDropout, Settings.DropoutMask);
        }

        SequenceOutput output = Stack.Forward(tape, input, state, lengths: null, dropout);
        return (output.Outputs, (StackState)output.Final);
    }

    /// <summary>The output of the last step, (B, F).</summary>
    private Tensor LastOutput(Tape tape, Tensor outputs, StackState final) => Stack.IsResidual(Stack.Layers.Count - 1)
        ? tape.TimeStep(outputs, outputs.Shape[0] - 1)
        : ((RecurrentState)final.Layers[^1]).Hidden;

    private static void CheckTargets(ReadOnlyMemory<int> inputs, ReadOnlyMemory<int> targets, int batch, LossOver over)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        if (targets.Length != inputs.Length && !(over == LossOver.Last && targets.Length == batch))
        {
            throw new ArgumentException($"Each of the {inputs.Length} inputs wants one target; found {targets.Length}.", nameof(targets));
        }
    }

    private static int Counted(ReadOnlySpan<int> targets)
    {
        int counted = 0;
        foreach (int target in targets)
        {
            counted += target >= 0 ? 1 : 0;
        }

        return counted;
    }

    private Tensor Drop(Tape tape, Tensor values, SeededRandom? random) =>
        random is null ? values : Dropout.Forward(tape, values, Settings.Dropout, random, Settings.DropoutMask);
}
