using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Models;

/// <summary>
/// A network whose only memory is what it has put out (Jordan, 1986): k_t = f(x_t U + y_(t-1) W + b), s_t = k_t V + c. Variables: y = s,
/// standardized, fitted to the mean squared error. Symbols: softmax(s) are their probabilities, fitted to the mean cross-entropy, and y is the
/// one-hot vector of the likeliest symbol.
/// </summary>
/// <remarks>
/// <para>
/// In training the right output takes the place of y_(t-1) (teacher forcing), so no step waits for another and all steps of all sequences are
/// computed at once; no gradient goes back through time. In use the network runs free, on its own outputs. A part of its training can be as
/// its use is: <see cref="JordanNetworkSettings.Sampling"/>.
/// </para>
/// <para>Before the first step y is zero. A network without input reads x_1 = 1 and then 0, so that it knows the beginning.</para>
/// </remarks>
public sealed class JordanNetwork : SequenceModel<JordanExample>
{
    private readonly SequenceInputLayer? _input;

    internal JordanNetwork(SequenceSchema? input, LabelTable? labels, Standardization? scale, JordanNetworkSettings settings, SeededRandom? random)
    {
        settings.Validate();
        MemoryBudget.RequireParameters(CountParameters(input, labels, scale, settings), $"A Jordan network of {settings.Hidden} hidden units");
        (Settings, Labels, Scale) = (settings, labels, scale);
        _input = input is null ? null : new SequenceInputLayer(input, _ => settings.Embedding, random, "embeddings");
        Cell = new JordanCell(
            _input?.OutputSize ?? 1,
            settings.Hidden,
            labels?.Count ?? scale!.Width,
            random!,
            labels is null ? JordanOutput.Identity : JordanOutput.Softmax,
            settings.Activation);
        Parameters = new ParameterSet([.. _input?.Parameters ?? [], .. Cell.Parameters]);
    }

    /// <summary>The shape.</summary>
    public JordanNetworkSettings Settings { get; }

    /// <summary>What the input looks like; null where there is none.</summary>
    public SequenceSchema? Input => _input?.Schema;

    /// <summary>The symbols that are put out; null where the output is variables.</summary>
    public LabelTable? Labels { get; }

    /// <summary>The scale of the variables that are put out; null where the output is symbols.</summary>
    public Standardization? Scale { get; }

    /// <summary>Holds the weights. Over variables its own recurrence is the network running free; over symbols it would feed probabilities.</summary>
    public JordanCell Cell { get; }

    /// <summary>The probability with which training feeds the network's own output; a fit raises it as <see cref="JordanNetworkSettings.Sampling"/> says.</summary>
    public double SamplingProbability { get; private set; }

    /// <inheritdoc/>
    public override ParameterSet Parameters { get; }

    private protected override IReadOnlyList<object> Layers => [.. _input?.Tables ?? [], Cell];

    private protected override IEnumerable<string> Choices => ModelChoices.Of(Settings);

    private int OutputSize => Cell.HiddenSize;

    /// <summary>Learns symbols and scales from the training examples, and fits a network to them.</summary>
    /// <param name="examples">The training examples; all with an input, or none.</param>
    /// <param name="settings">The shape.</param>
    /// <param name="options">How to fit.</param>
    /// <param name="validation">Examples that choose the best weights, and end the fit early with <see cref="FitOptions.Patience"/>.</param>
    /// <exception cref="UnfoldException">There is no example, examples differ in what they hold, or a setting is out of range.</exception>
    /// <exception cref="Unfold.Training.DivergenceException">The loss or a gradient is not a number or infinite.</exception>
    public static JordanNetwork Fit(
        IReadOnlyList<JordanExample> examples, JordanNetworkSettings settings, FitOptions options, IReadOnlyList<JordanExample>? validation = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RequireExamples(examples, validation);
        SeededRandom random = WeightsRandom(options);
        settings.Validate();
        SequenceSchema? input = null;
        if (examples[0].Input is not null)
        {
            input = SequenceSchema.Learn([.. examples.Select((example, i) => example.Input ?? throw Mixed(i))], settings.MinimumCount);
        }

        // A table of symbols is learned for a column, and it is the labels that count here.
        SequenceSchema output = SequenceSchema.Learn([.. examples.Select(example => example.Output)]);
        LabelTable? labels = output.Values is null ? LabelTable.Build(examples.SelectMany(example => example.Output.Columns[0])) : null;
        var model = new JordanNetwork(input, labels, output.Values, settings, random);
        foreach (JordanExample example in examples)
        {
            model.Require(example);
        }

        model.Train(examples, validation, options with
        {
            Begin = state =>
            {
                // A fit that was kept goes on from where it was, and so does the probability.
                options.Begin?.Invoke(state);
                model.Raise(state.Done);
            },
            Progress = progress =>
            {
                model.Raise((progress.Epoch - 1 + progress.Done) / progress.Epochs);
                options.Progress?.Invoke(progress);
            },
        });
        return model;

        static UnfoldException Mixed(int index) => new($"All examples of a Jordan network have an input, or none; the training example {index} has none and the first has one.");
    }

    /// <summary>The mean loss: nats per step, or the squared error of a standardized variable.</summary>
    /// <inheritdoc/>
    public override Tensor Loss(Tape tape, IReadOnlyList<JordanExample> batch, SeededRandom? random = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(batch);
        foreach (JordanExample example in batch)
        {
            Require(example);
        }

        var rows = new JordanRows([.. batch.Select(example => example.Output.Length)]);
        Sequence?[] outputs = [.. rows.Order.Select(sequence => batch[sequence].Output)];
        Tensor targets = Targets(rows, outputs);
        Tensor sums = Sums(tape, rows, [.. rows.Order.Select(sequence => batch[sequence].Input)]);
        double own = random is not null ? SamplingProbability : Settings.Measured == OutputFeedback.Outputs ? 1 : 0;
        bool[] takesOwn = [.. Enumerable.Range(0, rows.Count).Select(_ => own == 1 || (own > 0 && random!.NextDouble() < own))];
        Tensor fed = own == 0 ? tape.SelectRows(targets, rows.Select((place, t) => rows.Previous(t, place))) : Walk(tape, rows, sums, targets, takesOwn).Fed;

        // What is fed is a constant, so these are products over all steps at once.
        Tensor hidden = tape.Activate(tape.Add(sums, tape.MatrixProduct(fed, Cell.RecurrentWeights!)), Cell.Activation);
        Tensor s = tape.AddBias(tape.MatrixProduct(hidden, Cell.OutputWeights), Cell.OutputBias);
        return Labels is null
            ? tape.MeanSquaredError(s, targets)
            : tape.CrossEntropy(s, rows.Select((place, t) => Labels[outputs[place]!.Columns[0][t]]));
    }

    /// <summary>Brings forth an output for each step of an input.</summary>
    /// <param name="input">What is read at each step.</param>
    /// <param name="known">
    /// The right outputs of the first steps, which are fed; from then on the network runs free. With those of all steps each output is one step ahead.
    /// </param>
    /// <returns>Symbols or variables, as those of the training examples: for all steps, those that are known too.</returns>
    /// <exception cref="UnfoldException">The input or what is known is not of the network's kind.</exception>
    public Sequence Predict(Sequence input, Sequence? known = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Run(new Tape(new Workers(1)) { Recording = false }, [(input, input.Length, known)])[0];
    }

    /// <summary>Brings forth a sequence out of nothing but its own past: for a network without input.</summary>
    /// <param name="steps">The number of steps, at least 1.</param>
    /// <param name="known">The right outputs of the first steps, which are fed; from then on the network runs free.</param>
    /// <exception cref="UnfoldException">The network has an input, or what is known is not of its kind.</exception>
    public Sequence Predict(int steps, Sequence? known = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return Run(new Tape(new Workers(1)) { Recording = false }, [(null, steps, known)])[0];
    }

    /// <summary>Brings forth the outputs of each input, running free; the same as one by one, but faster.</summary>
    /// <param name="inputs">Any number, of any lengths.</param>
    /// <param name="workers">The threads; one for each core if not set. The result does not depend on their number. A team of several serves one call at a time.</param>
    /// <param name="cancellation">Stops the prediction between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="UnfoldException">An input is not of the network's kind.</exception>
    public IReadOnlyList<Sequence> Predict(IReadOnlyList<Sequence> inputs, Workers? workers = null, CancellationToken cancellation = default) =>
        InBatches<Sequence>(inputs, workers, (tape, batch) => Run(tape, [.. batch.Select(input => ((Sequence?)input, input.Length, (Sequence?)null))]), cancellation);

    /// <summary>The number of learned values of a network, before memory is taken for it.</summary>
    internal static Int128 CountParameters(SequenceSchema? input, LabelTable? labels, Standardization? scale, JordanNetworkSettings settings)
    {
        (Int128 tables, Int128 width) = input is null ? (0, 1) : SequenceInputLayer.Measure(input, _ => settings.Embedding);
        Int128 hidden = settings.Hidden, output = labels?.Count ?? scale!.Width;
        return tables + (hidden * (width + output + 1)) + (output * (hidden + 1));
    }

    private protected override void Require(JordanExample example)
    {
        RequireInput(example.Input);
        RequireOutput(example.Output);
    }

    private protected override int LengthOf(JordanExample example) => example.Output.Length;

    private protected override int TargetsOf(JordanExample example) => example.Output.Length;

    private void Raise(double progress) => SamplingProbability = Settings.Sampling?.Probability(progress) ?? 0;

    private void RequireInput(Sequence? input)
    {
        if ((input is null) != (_input is null))
        {
            throw new UnfoldException($"This Jordan network was fitted to sequences {(_input is null ? "without" : "with")} an input; found one {(input is null ? "without" : "with")}.");
        }

        if (input is not null)
        {
            Input!.Require(input);
        }
    }

    private void RequireOutput(Sequence output)
    {
        (int columns, int width) = Labels is null ? (0, OutputSize) : (1, 0);
        if (output.Columns.Count != columns || output.Width != width)
        {
            throw new UnfoldException($"The output of this Jordan network has {columns} columns of symbols and {width} variables; found {output.Columns.Count} and {output.Width}.");
        }

        Labels?.Require(output.Columns[0]);
    }

    /// <summary>Runs free from what is known.</summary>
    private Sequence[] Run(Tape tape, IReadOnlyList<(Sequence? Input, int Steps, Sequence? Known)> cases)
    {
        foreach ((Sequence? input, int steps, Sequence? known) in cases)
        {
            RequireInput(input);
            if (known is not null)
            {
                RequireOutput(known);
                if (known.Length > steps)
                {
                    throw new UnfoldException($"At most as many outputs can be known as are to be brought forth; found {known.Length} of {steps}.");
                }
            }
        }

        var rows = new JordanRows([.. cases.Select(one => one.Steps)]);
        Sequence?[] given = [.. rows.Order.Select(sequence => cases[sequence].Known)];
        Tensor sums = Sums(tape, rows, [.. rows.Order.Select(sequence => cases[sequence].Input)]);
        bool[] takesOwn = rows.Select((place, t) => t > (given[place]?.Length ?? 0));
        return Read(rows, Walk(tape, rows, sums, Targets(rows, given), takesOwn).Sums);
    }

    /// <summary>x U + b for all rows.</summary>
    private Tensor Sums(Tape tape, JordanRows rows, Sequence?[] inputs)
    {
        if (_input is null)
        {
            return tape.AddBias(tape.SelectRows(Cell.InputWeights, rows.Select((_, t) => t == 0 ? 0 : -1)), Cell.Bias);
        }

        Layers.SequenceInput x = _input.Forward(tape, inputs!, vectors => vectors);
        int[] places = rows.Select((place, t) => (t * inputs.Length) + place);
        Tensor product = x.Dense is { } dense
            ? tape.MatrixProduct(tape.SelectRows(dense, places), Cell.InputWeights)
            : tape.SelectRows(Cell.InputWeights, [.. places.Select(place => x.Tokens.Span[place])]);
        return tape.AddBias(product, Cell.Bias);
    }

    /// <summary>y of the right outputs, a row each; zeros where they are not known.</summary>
    private Tensor Targets(JordanRows rows, Sequence?[] outputs)
    {
        var targets = new Tensor(new Shape(rows.Count, OutputSize));
        Span<float> values = targets.Edit();
        for (int t = 0; t < rows.Time; t++)
        {
            for (int place = 0; place < rows.Active(t); place++)
            {
                if (outputs[place] is not { } output || t >= output.Length)
                {
                    continue;
                }

                Span<float> row = values.Slice((rows.First(t) + place) * OutputSize, OutputSize);
                if (Labels is null)
                {
                    Scale!.Apply(output.Values.Span.Slice(t * OutputSize, OutputSize), row);
                }
                else
                {
                    row[Labels[output.Columns[0][t]]] = 1;
                }
            }
        }

        return targets;
    }

    /// <summary>Goes step by step, and records nothing: what each step is fed, and s.</summary>
    /// <param name="tape">Holds the results.</param>
    /// <param name="rows">The order of the rows.</param>
    /// <param name="sums">x U + b.</param>
    /// <param name="targets">The right y.</param>
    /// <param name="takesOwn">For each row whether it is fed what the network put out at the step before, and not the right output.</param>
    private (Tensor Fed, Tensor Sums) Walk(Tape tape, JordanRows rows, Tensor sums, Tensor targets, bool[] takesOwn)
    {
        Tensor W = Constant(tape, Cell.RecurrentWeights!), V = Constant(tape, Cell.OutputWeights), c = Constant(tape, Cell.OutputBias);
        int hidden = Cell.HiddenLayerSize;
        Tensor fed = tape.Result(new Shape(rows.Count, OutputSize), needsGradient: false), s = tape.Result(fed.Shape, needsGradient: false);
        for (int t = 0; t < rows.Time; t++)
        {
            (int first, int active) = (rows.First(t), rows.Active(t));
            Tensor y = tape.Result(new Shape(active, OutputSize), needsGradient: false);
            for (int place = 0; place < active; place++)
            {
                Feed(rows.Previous(t, place), takesOwn[first + place], targets, s, y.Edit().Slice(place * OutputSize, OutputSize));
            }

            y.Values.CopyTo(fed.Edit()[(first * OutputSize)..]);
            Tensor a = tape.Result(new Shape(active, hidden), needsGradient: false);
            sums.Values.Slice(first * hidden, active * hidden).CopyTo(a.Edit());
            Tensor k = tape.Activate(tape.Add(a, tape.MatrixProduct(y, W)), Cell.Activation);
            tape.AddBias(tape.MatrixProduct(k, V), c).Values.CopyTo(s.Edit()[(first * OutputSize)..]);
        }

        return (fed, s);
    }

    /// <summary>y of the step before for one row.</summary>
    private void Feed(int previous, bool own, Tensor targets, Tensor s, Span<float> y)
    {
        if (previous < 0)
        {
            y.Clear();
            return;
        }

        ReadOnlySpan<float> row = (own ? s : targets).Values.Slice(previous * OutputSize, OutputSize);
        if (own && Labels is not null)
        {
            y.Clear();
            y[System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row)] = 1;
        }
        else
        {
            row.CopyTo(y);
        }
    }

    /// <summary>The outputs of each sequence, in the order of the sequences.</summary>
    private Sequence[] Read(JordanRows rows, Tensor s)
    {
        if (OptimizerKernels.FirstNonFinite(s.Values) >= 0)
        {
            throw new UnfoldException("The network's outputs are not numbers: its weights are damaged, or it ran free far from the training examples.");
        }

        var results = new Sequence[rows.Order.Count];
        double[][] values = Scale?.UndoRows(s) ?? [];
        for (int place = 0; place < results.Length; place++)
        {
            int[] steps = [.. Enumerable.Range(0, rows.Time).Where(t => place < rows.Active(t)).Select(t => rows.First(t) + place)];
            results[rows.Order[place]] = Labels is null
                ? Sequence.OfValues([.. steps.SelectMany(row => values[row]).Select(value => (float)value)], OutputSize)
                : Sequence.OfSymbols([.. steps.Select(row => Labels.Labels[System.Numerics.Tensors.TensorPrimitives.IndexOfMax(s.Values.Slice(row * OutputSize, OutputSize))])]);
        }

        return results;
    }

    /// <summary>The values of a parameter, through which no gradient goes.</summary>
    private static Tensor Constant(Tape tape, Parameter parameter)
    {
        Tensor copy = tape.Result(parameter.Shape, needsGradient: false);
        parameter.Values.CopyTo(copy.Edit());
        return copy;
    }
}
