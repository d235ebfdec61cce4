using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>One input and the sequence of symbols that it shall lead to.</summary>
public sealed record GeneratedSequence
{
    /// <summary>Puts an output beside an input.</summary>
    /// <param name="input">A single step: a class or several symbols in columns, a vector of variables, or both.</param>
    /// <param name="output">Any number of symbols, none included.</param>
    /// <exception cref="UnfoldException">The input has more than one step, or a symbol is no text.</exception>
    public GeneratedSequence(Sequence input, IReadOnlyList<string> output)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        SequenceGenerator.RequireStep(input);
        (Input, Output) = (input, [.. output]);
        foreach (string symbol in Output)
        {
            SymbolTable.RequireText(symbol);
        }
    }

    /// <summary>The input: one step.</summary>
    public Sequence Input { get; }

    /// <summary>The symbols.</summary>
    public IReadOnlyList<string> Output { get; }
}

/// <summary>
/// Writes a sequence of symbols for one input, as a caption for a picture (Vinyals et al., 2015) or a name for a language: the input x sets
/// the state before the first step, h_0 = tanh(x W_h + b_h) and c_0 = tanh(x W_c + b_c) in every layer, and stands beside every symbol that is read,
/// p(y_t | x, y_1 .. y_(t-1)) = softmax(RNN([E y_(t-1) ; x]) V + d). One symbol more stands for the beginning and the end. Fitted to the mean
/// cross-entropy -log p in nats per symbol, the end included, each symbol after the right ones before it (teacher forcing).
/// </summary>
public sealed class SequenceGenerator : SequenceModel<GeneratedSequence>
{
    /// <summary>The number that stands for the beginning, when it is read, and for the end, when it is written.</summary>
    internal const int Boundary = 0;

    private readonly SequenceInputLayer _input;
    private readonly Embedding _embedding;
    private readonly (Dense Hidden, Dense? Memory)[] _bridges;

    internal SequenceGenerator(SequenceSchema schema, SymbolTable symbols, int longestOutput, SequenceEncoderSettings settings, SeededRandom? random)
    {
        settings.Validate();
        settings = settings.RequireForward(nameof(SequenceGenerator));
        if (settings.Embedding < 1)
        {
            throw new UnfoldException($"The symbols that a {nameof(SequenceGenerator)} writes have vectors of at least one number; found an embedding of {settings.Embedding}.");
        }

        MemoryBudget.RequireParameters(CountParameters(schema, symbols, settings), $"A generator of {settings.Layers} layers of {settings.Hidden}");
        (Settings, Symbols, LongestOutput) = (settings, symbols, longestOutput);
        _input = new SequenceInputLayer(schema, _ => settings.FurtherEmbedding, random, "input.embeddings");
        _embedding = new Embedding(symbols.Count, settings.Embedding, random!);
        var layers = new SequenceLayer[settings.Layers];
        _bridges = new (Dense, Dense?)[settings.Layers];
        int width = _input.OutputSize + settings.Embedding;
        for (int layer = 0; layer < layers.Length; layer++)
        {
            Cell cell = CellTable.Of(settings.Cell).Create(settings.ToLanguageModelSettings(), width, settings.Hidden, random, $"layers.{layer}");
            layers[layer] = new Recurrent(cell);
            _bridges[layer] = (
                new Dense(_input.OutputSize, cell.HiddenSize, random!, $"bridges.{layer}.hidden"),
                cell.MemorySize == 0 ? null : new Dense(_input.OutputSize, cell.MemorySize, random!, $"bridges.{layer}.cell"));
            width = layers[layer].OutputSize;
        }

        Stack = new StackedLayers(layers, settings.Dropout, settings.Connection);
        Output = new SoftmaxOutput(width, symbols.Count, random!);
        Parameters = new ParameterSet(
        [
            .. _input.Parameters,
            .. _bridges.SelectMany(bridge => (IEnumerable<Parameter>)[.. bridge.Hidden.Parameters, .. bridge.Memory?.Parameters ?? []]),
            _embedding.Weights,
            .. Stack.Parameters,
            .. Output.Projection.Parameters,
        ]);
    }

    /// <summary>What the inputs look like.</summary>
    public SequenceSchema Schema => _input.Schema;

    /// <summary>The recurrent part: its embedding is that of the symbols that are written, the further one that of the input's symbols.</summary>
    public SequenceEncoderSettings Settings { get; }

    /// <summary>The symbols that are written; number 0 is the beginning and the end.</summary>
    public SymbolTable Symbols { get; }

    /// <summary>The symbols of the longest training example.</summary>
    public int LongestOutput { get; }

    /// <summary>The recurrent layers.</summary>
    public StackedLayers Stack { get; }

    /// <summary>The output layer.</summary>
    public SoftmaxOutput Output { get; }

    /// <inheritdoc/>
    public override ParameterSet Parameters { get; }

    private protected override IReadOnlyList<object> Layers =>
    [
        .. _input.Tables,
        .. _bridges.SelectMany(bridge => bridge.Memory is null ? (object[])[bridge.Hidden] : [bridge.Hidden, bridge.Memory]),
        _embedding,
        Stack,
        Output.Projection,
    ];

    private protected override IEnumerable<string> Choices => ModelChoices.Of(Settings);

    /// <summary>Learns symbols and scales from the training examples, and fits a model to them.</summary>
    /// <param name="examples">The training examples.</param>
    /// <param name="settings">The recurrent part, which reads forward.</param>
    /// <param name="options">How to fit.</param>
    /// <param name="validation">Examples that choose the best weights, and end the fit early with <see cref="FitOptions.Patience"/>.</param>
    /// <exception cref="UnfoldException">There is no example, examples differ in columns or variables, a validation symbol does not come in training, or a setting is out of range.</exception>
    /// <exception cref="Unfold.Training.DivergenceException">The loss or a gradient is not a number or infinite.</exception>
    public static SequenceGenerator Fit(
        IReadOnlyList<GeneratedSequence> examples, SequenceEncoderSettings settings, FitOptions options, IReadOnlyList<GeneratedSequence>? validation = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RequireExamples(examples, validation);
        SeededRandom random = WeightsRandom(options);
        settings.Validate();
        SequenceSchema schema = SequenceSchema.Learn([.. examples.Select(example => example.Input)], settings.MinimumCount);
        SymbolTable symbols = SymbolTable.Build(examples.SelectMany(example => example.Output));
        var model = new SequenceGenerator(schema, symbols, examples.Max(example => example.Output.Count), settings, random);
        model.Train(examples, validation, options);
        return model;
    }

    /// <summary>The mean cross-entropy in nats per symbol, the end included.</summary>
    /// <inheritdoc/>
    public override Tensor Loss(Tape tape, IReadOnlyList<GeneratedSequence> batch, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(batch);
        int[][] outputs = [.. batch.Select(example => Numbers(example.Output))];
        int[] lengths = [.. outputs.Select(output => output.Length + 1)];
        int time = lengths.Max();
        int[] read = new int[time * batch.Count];
        Array.Fill(read, -1);
        List<(int Sequence, int Step)> places = SequenceRows.Of(lengths);
        foreach ((int b, int t) in places)
        {
            read[(t * batch.Count) + b] = t == 0 ? Boundary : outputs[b][t - 1];
        }

        int[] targets = places.ToArray(row => row.Step < outputs[row.Sequence].Length ? outputs[row.Sequence][row.Step] : Boundary);
        Tensor input = Input(tape, [.. batch.Select(example => example.Input)], random);
        Tensor hidden = Run(tape, input, read, InitialState(tape, input), lengths, random).Outputs;
        return Output.Loss(tape, Drop(tape, tape.SelectRows(hidden, places.ToArray(row => (row.Step * batch.Count) + row.Sequence)), random), targets);
    }

    /// <summary>Writes the likeliest symbol at each step, until the end or twice the longest training example.</summary>
    /// <exception cref="UnfoldException">The input is not a single step of the model's schema.</exception>
    public IReadOnlyList<string> Predict(Sequence input) => Predict([input])[0];

    /// <summary>Writes for each input; the same as one by one, but faster.</summary>
    /// <param name="inputs">Any number.</param>
    /// <param name="workers">The threads; one for each core if not set. The result does not depend on their number. A team of several serves one call at a time.</param>
    /// <param name="cancellation">Stops the prediction between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="UnfoldException">An input is not a single step of the model's schema.</exception>
    public IReadOnlyList<IReadOnlyList<string>> Predict(IReadOnlyList<Sequence> inputs, Workers? workers = null, CancellationToken cancellation = default) =>
        InBatches<IReadOnlyList<string>>(inputs, workers, (tape, batch) =>
        {
            List<string>[] written = [.. batch.Select(_ => new List<string>())];
            bool[] ended = new bool[batch.Count];
            var session = new SequenceGeneratorSession(this, batch, tape.Workers);
            for (int t = 0; t < 2 * LongestOutput && ended.Contains(false); t++)
            {
                int[] chosen = new int[batch.Count];
                for (int b = 0; b < chosen.Length; b++)
                {
                    chosen[b] = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(session.Logits(b));
                    ended[b] |= chosen[b] == Boundary;
                    if (!ended[b])
                    {
                        written[b].Add(Symbols.Symbols[chosen[b] - 1]);
                    }
                }

                session.Feed(chosen);
            }

            return written;
        }, cancellation);

    /// <summary>Throws unless an input is a single step.</summary>
    internal static void RequireStep(Sequence input)
    {
        if (input.Length != 1)
        {
            throw new UnfoldException($"The input of a generator is a single step, of symbols in columns or variables; found {input.Length} steps.");
        }
    }

    /// <summary>The number of learned values of a model, before memory is taken for it.</summary>
    internal static Int128 CountParameters(SequenceSchema schema, SymbolTable symbols, SequenceEncoderSettings settings)
    {
        (Int128 tables, Int128 input) = SequenceInputLayer.Measure(schema, _ => settings.FurtherEmbedding);
        CellTable.Count count = CellTable.Of(settings.Cell).Count;
        LanguageModelSettings shape = settings.ToLanguageModelSettings();
        Int128 output = shape.OutputSize(0), state = shape.StateSize(0);
        return tables + (settings.Layers * (input + 1) * state) + (symbols.Count * (Int128)settings.Embedding)
            + count(shape, input + settings.Embedding, settings.Hidden) + ((settings.Layers - 1) * count(shape, output, settings.Hidden))
            + ((output + 1) * symbols.Count);
    }

    /// <summary>x of a batch of inputs, (B, C).</summary>
    internal Tensor Input(Tape tape, IReadOnlyList<Sequence> inputs, SeededRandom? random)
    {
        foreach (Sequence input in inputs)
        {
            RequireStep(input);
            Schema.Require(input);
            RequireKnown(input);
        }

        return tape.TimeStep(_input.Forward(tape, inputs, vectors => Drop(tape, vectors, random)).Dense!, 0);
    }

    /// <summary>The state before the first symbol.</summary>
    internal StackState InitialState(Tape tape, Tensor input) => new(
    [
        .. _bridges.Select(bridge => RecurrentState.Of(
            tape.Activate(bridge.Hidden.Forward(tape, input), Activation.Tanh),
            bridge.Memory is null ? null : tape.Activate(bridge.Memory.Forward(tape, input), Activation.Tanh))),
    ]);

    /// <summary>Reads symbols, T * B in order of time, beside the input of each sequence.</summary>
    internal SequenceOutput Run(Tape tape, Tensor input, ReadOnlyMemory<int> symbols, StackState state, IReadOnlyList<int>? lengths, SeededRandom? random)
    {
        Tensor vectors = Drop(tape, _embedding.Forward(tape, symbols, input.Shape[0]), random);
        Tensor beside = tape.Stack([.. Enumerable.Repeat(input, vectors.Shape[0])]);
        return Stack.Forward(tape, SequenceInput.Of(tape.Concatenate(vectors, beside)), state, lengths, random);
    }

    private protected override void Require(GeneratedSequence example)
    {
        Schema.Require(example.Input);
        RequireKnown(example.Input);
        Numbers(example.Output);
    }

    private protected override IReadOnlyList<(StackedLayers Stack, Func<GeneratedSequence, int> Steps)> Runs => [(Stack, TargetsOf)];

    private protected override int LengthOf(GeneratedSequence example) => example.Output.Count;

    private protected override int TargetsOf(GeneratedSequence example) => example.Output.Count + 1;

    /// <summary>Throws where an input has a symbol that nothing has been learned of.</summary>
    private void RequireKnown(Sequence input)
    {
        for (int column = 0; column < Schema.Columns.Count && Settings.MinimumCount == 1; column++)
        {
            string symbol = input.Columns[column][0];
            if (Schema.Columns[column][symbol] == SymbolTable.Unknown)
            {
                throw new UnfoldException($"The symbol '{symbol}' in column {column} does not come in the inputs that the model was fitted to.");
            }
        }
    }

    private int[] Numbers(IReadOnlyList<string> output)
    {
        int[] numbers = new int[output.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Symbols[output[i]];
            if (numbers[i] == SymbolTable.Unknown)
            {
                throw new UnfoldException($"The symbol '{output[i]}' does not come in the outputs that the model was fitted to.");
            }
        }

        return numbers;
    }

    private Tensor Drop(Tape tape, Tensor values, SeededRandom? random) =>
        random is null ? values : Dropout.Forward(tape, values, Settings.Dropout, random);
}
