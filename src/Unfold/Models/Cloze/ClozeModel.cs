using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Models;

/// <summary>
/// Foretells each word of a sentence w_1 .. w_T from all others: p(w_t | the others) = softmax([f_t; b_t] W + b), where f_t is the output of a stack of
/// recurrent layers that has read the beginning symbol and w_1 .. w_(t-1), and b_t that of another stack that has read the end symbol and w_T .. w_(t+1),
/// backwards (Melamud et al., 2016, with a softmax over the words). Fitted to the mean cross-entropy -log p of all positions, in nats.
/// </summary>
/// <remarks>The two stacks share the table of token vectors and nothing else; a layer that merged them would let the word itself through.</remarks>
public sealed class ClozeModel : SequenceModel<IReadOnlyList<int>>
{
    private readonly Embedding? _embedding;

    /// <summary>Creates a model that is not fitted yet.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="settings">The layers of each of the two stacks.</param>
    /// <param name="random">Where the weights come from; null leaves them for a file to fill.</param>
    /// <exception cref="UnfoldException">The tokens are subwords, a setting is out of range or not for this model, or the model does not fit into memory.</exception>
    public ClozeModel(Vocabulary vocabulary, SequenceEncoderSettings settings, SeededRandom? random)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(settings);
        RequireWhole(vocabulary);
        RequireOwn(settings);
        settings = settings.ReadsUnlessChosen(Reading.Bidirectional);
        MemoryBudget.RequireParameters(CountParameters(vocabulary.Count, settings), $"A cloze model of {settings.Layers} layers of {settings.Hidden} with {vocabulary.Count} tokens");
        (Vocabulary, Settings) = (vocabulary, settings);
        _embedding = settings.Embedding == 0 ? null : new Embedding(vocabulary.Count, settings.Embedding, random!);
        Forward = CreateStack(Direction.Forward, "forward", random);
        Backward = CreateStack(Direction.Backward, "backward", random);
        Output = new SoftmaxOutput(Forward.OutputSize + Backward.OutputSize, vocabulary.Count, random!);
        Parameters = new ParameterSet(
        [
            .. _embedding is null ? Array.Empty<Parameter>() : [_embedding.Weights],
            .. Forward.Parameters,
            .. Backward.Parameters,
            .. Output.Projection.Parameters,
        ]);
    }

    /// <summary>The tokens, and how a text becomes tokens.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>The layers of each of the two stacks.</summary>
    public SequenceEncoderSettings Settings { get; }

    /// <summary>Reads what stands before.</summary>
    public StackedLayers Forward { get; }

    /// <summary>Reads what stands after.</summary>
    public StackedLayers Backward { get; }

    /// <summary>The output layer.</summary>
    public SoftmaxOutput Output { get; }

    /// <inheritdoc/>
    public override ParameterSet Parameters { get; }

    private protected override IReadOnlyList<object> Layers => [.. new object?[] { _embedding, Forward, Backward, Output.Projection }.OfType<object>()];

    private protected override IEnumerable<string> Choices => [.. ModelChoices.Of(Settings), $"vocabulary={VocabularyHash.Of(Vocabulary)[..16]}"];

    private protected override IReadOnlyList<(StackedLayers Stack, Func<IReadOnlyList<int>, int> Steps)> Runs => [(Forward, LengthOf), (Backward, LengthOf)];

    /// <summary>Fits a model to sentences.</summary>
    /// <param name="sentences">The training sentences: the tokens of each, without an end symbol.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="settings">The layers of each of the two stacks.</param>
    /// <param name="options">How to fit.</param>
    /// <param name="validation">Sentences that choose the best weights, and end the fit early with <see cref="FitOptions.Patience"/>.</param>
    /// <exception cref="UnfoldException">There is no sentence, one is empty or holds what is no token of the vocabulary, or a setting is out of range.</exception>
    /// <exception cref="Unfold.Training.DivergenceException">The loss or a gradient is not a number or infinite.</exception>
    public static ClozeModel Fit(
        IReadOnlyList<IReadOnlyList<int>> sentences, Vocabulary vocabulary, SequenceEncoderSettings settings, FitOptions options, IReadOnlyList<IReadOnlyList<int>>? validation = null)
    {
        RequireExamples(sentences, validation);
        var model = new ClozeModel(vocabulary, settings, WeightsRandom(options));
        model.Train(sentences, validation, options);
        return model;
    }

    /// <summary>The number of learned values of a model, before memory is taken for it.</summary>
    internal static Int128 CountParameters(int vocabulary, SequenceEncoderSettings settings)
    {
        CellTable.Count count = CellTable.Of(settings.Cell).Count;
        LanguageModelSettings shape = settings.ToLanguageModelSettings();
        Int128 output = shape.OutputSize(0), input = settings.Embedding == 0 ? vocabulary : settings.Embedding;
        Int128 stack = count(shape, input, settings.Hidden) + ((settings.Layers - 1) * count(shape, output, settings.Hidden));
        return ((Int128)vocabulary * settings.Embedding) + (2 * stack) + (((2 * output) + 1) * vocabulary);
    }

    /// <summary>The mean cross-entropy in nats per token, each foretold from all others of its sentence.</summary>
    /// <inheritdoc/>
    public override Tensor Loss(Tape tape, IReadOnlyList<IReadOnlyList<int>> batch, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(batch);
        int[] targets = Rows(batch).ToArray(row => batch[row.Sequence][row.Step]);
        return Output.Loss(tape, Contexts(tape, batch, random), targets);
    }

    /// <summary>p of each of the V tokens between two parts of a sentence.</summary>
    /// <param name="before">The tokens before the gap; may be none.</param>
    /// <param name="after">The tokens after it; may be none.</param>
    /// <exception cref="UnfoldException">A number is no token of the vocabulary, or the model's weights are damaged.</exception>
    public double[] Probabilities(IReadOnlyList<int> before, IReadOnlyList<int> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        int[] sentence = [.. before, Vocabulary.UnknownId, .. after];
        var tape = new Tape(new Workers(1)) { Recording = false };
        Tensor context = tape.SelectRows(Contexts(tape, [sentence], random: null), [before.Count]);
        ReadOnlySpan<float> logits = Output.Projection.Forward(tape, context).Values;
        double highest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
        {
            highest = Math.Max(highest, logit);
        }

        if (!double.IsFinite(highest))
        {
            throw new UnfoldException("The model's logits are not numbers: its weights are damaged or its training diverged.");
        }

        double[] probabilities = new double[logits.Length];
        for (int i = 0; i < probabilities.Length; i++)
        {
            sum += probabilities[i] = Math.Exp(logits[i] - highest);
        }

        return [.. probabilities.Select(weight => weight / sum)];
    }

    /// <summary>The logits of all tokens of all sentences, a row each, as they go step by step.</summary>
    internal Tensor Logits(Tape tape, IReadOnlyList<IReadOnlyList<int>> batch) => Output.Projection.Forward(tape, Contexts(tape, batch, random: null));

    /// <summary>Throws where the tokens are pieces of words: the space of a gap belongs to the piece after it, so that none would be what was trained.</summary>
    internal static void RequireWhole(Vocabulary vocabulary)
    {
        if (vocabulary.Kind == TokenKind.BytePair)
        {
            throw new UnfoldException("Gaps are filled by models of characters or of words, but these tokens are subwords: take characters or words.");
        }
    }

    private protected override void Require(IReadOnlyList<int> example)
    {
        if (example.Count == 0)
        {
            throw new UnfoldException("A sentence has at least one token; found none.");
        }

        foreach (int token in example)
        {
            if (token is Vocabulary.BeginId or Vocabulary.EndId || (uint)token >= (uint)Vocabulary.Count)
            {
                throw new UnfoldException($"A sentence holds tokens of the vocabulary, 0 to {Vocabulary.Count - 1} but for those of begin and end, which the model puts around it; found {token}.");
            }
        }
    }

    private protected override int LengthOf(IReadOnlyList<int> example) => example.Count;

    private protected override int TargetsOf(IReadOnlyList<int> example) => example.Count;

    private static List<(int Sequence, int Step)> Rows(IReadOnlyList<IReadOnlyList<int>> batch) => SequenceRows.Of([.. batch.Select(sentence => sentence.Count)]);

    private static void RequireOwn(SequenceEncoderSettings settings)
    {
        settings.Validate();
        var own = new SequenceEncoderSettings();
        if (settings.ReadsForward)
        {
            throw new UnfoldException($"A cloze model reads both sides of a gap; found Reading.{settings.Reading}: leave it out.");
        }

        if (settings.Merge != own.Merge || settings.Pooling != own.Pooling || settings.MinimumCount != own.MinimumCount)
        {
            throw new UnfoldException($"A cloze model takes its two directions side by side, foretells every token, and knows those of its vocabulary; found Merge.{settings.Merge}, Pooling.{settings.Pooling} and a minimum count of {settings.MinimumCount}: leave them out.");
        }
    }

    private StackedLayers CreateStack(Direction direction, string name, SeededRandom? random)
    {
        LanguageModelSettings shape = Settings.ToLanguageModelSettings();
        var layers = new SequenceLayer[Settings.Layers];
        int width = Settings.Embedding == 0 ? Vocabulary.Count : Settings.Embedding;
        for (int layer = 0; layer < layers.Length; layer++)
        {
            layers[layer] = new Recurrent(CellTable.Of(Settings.Cell).Create(shape, width, Settings.Hidden, random, $"{name}.layers.{layer}"), direction);
            width = layers[layer].OutputSize;
        }

        return new StackedLayers(layers, Settings.Dropout, Settings.Connection);
    }

    /// <summary>[f_t; b_t] of all tokens of all sentences, a row each, as they go step by step.</summary>
    private Tensor Contexts(Tape tape, IReadOnlyList<IReadOnlyList<int>> batch, SeededRandom? random)
    {
        if (batch.Count == 0)
        {
            throw new ArgumentException("A batch holds at least one sentence; found none.", nameof(batch));
        }

        foreach (IReadOnlyList<int> sentence in batch)
        {
            Require(sentence);
        }

        int time = batch.Max(sentence => sentence.Count);
        int[]? lengths = batch.All(sentence => sentence.Count == time) ? null : [.. batch.Select(sentence => sentence.Count)];
        Tensor before = Run(tape, Forward, Shifted(batch, time, step => step - 1), lengths, batch.Count, random);
        Tensor after = Run(tape, Backward, Shifted(batch, time, step => step + 1), lengths, batch.Count, random);
        Tensor both = Drop(tape, tape.Concatenate(before, after), random);
        return lengths is null ? both : tape.SelectRows(both, Rows(batch).ToArray(row => (row.Step * batch.Count) + row.Sequence));
    }

    private Tensor Run(Tape tape, StackedLayers stack, int[] tokens, int[]? lengths, int batch, SeededRandom? random)
    {
        SequenceInput input = _embedding is null ? SequenceInput.Of(tokens, batch) : _embedding.Read(tape, tokens, batch, Settings.Dropout, random);
        return stack.Forward(tape, input, initial: null, lengths, random).Outputs;
    }

    /// <summary>For each place the token at another step of its sentence; the begin or end symbol past its sides, and -1 at places that hold no token.</summary>
    private static int[] Shifted(IReadOnlyList<IReadOnlyList<int>> batch, int time, Func<int, int> stepOf)
    {
        int[] tokens = new int[time * batch.Count];
        Array.Fill(tokens, -1);
        for (int b = 0; b < batch.Count; b++)
        {
            for (int t = 0; t < batch[b].Count; t++)
            {
                int step = stepOf(t);
                tokens[(t * batch.Count) + b] = step < 0 ? Vocabulary.BeginId : step == batch[b].Count ? Vocabulary.EndId : batch[b][step];
            }
        }

        return tokens;
    }

    private Tensor Drop(Tape tape, Tensor values, SeededRandom? random) =>
        random is null ? values : Dropout.Forward(tape, values, Settings.Dropout, random);
}
