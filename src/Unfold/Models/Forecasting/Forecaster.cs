using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Models;

/// <summary>
/// Forecasts one or several variables of a time series, all H steps at once (a direct forecast, which does not feed on itself):
/// recurrent layers read the last steps, and y = [s, k_1 .. k_H] W + b, where s is their last state and k_h what is known
/// ahead of step h. Everything is standardized by what the training part shows; see <see cref="WindowScaling"/> for what is taken
/// off each window before.
/// </summary>
/// <remarks>Any number of threads may forecast with one model at once, as with every <see cref="SequenceModel"/>.</remarks>
public sealed class Forecaster : SequenceModel
{
    private const int StepsTogether = 1 << 14;

    private readonly ForecastFrame _frame;
    private readonly ForecastColumns _columns;

    internal Forecaster(ForecastFrame frame, Standardization inputScale, Standardization targetScale, SeededRandom? random)
    {
        (_frame, TargetScale) = (frame, targetScale);
        _columns = new ForecastColumns(frame);
        MemoryBudget.RequireParameters(CountParameters(frame, inputScale), $"A forecaster of {frame.Settings.Horizon} steps of {frame.Targets.Count} targets");
        Encoder = new SequenceEncoder(new SequenceSchema([], inputScale), frame.Settings.Encoder, random);
        Head = new Dense(checked(Encoder.OutputSize + frame.KnownCount), checked(frame.TargetCount * frame.Settings.OutputsPerValue), random!, "head");
        Parameters = new ParameterSet([.. Encoder.Parameters, .. Head.Parameters]);
    }

    /// <summary>The shape of the model.</summary>
    public ForecasterSettings Settings => _frame.Settings;

    /// <summary>The observed variables that it reads.</summary>
    public IReadOnlyList<string> Names => _frame.Names;

    /// <summary>The variables that it wants to know ahead.</summary>
    public IReadOnlyList<string> KnownNames => _frame.KnownNames;

    /// <summary>The variables that it forecasts.</summary>
    public IReadOnlyList<string> Targets => _frame.Targets;

    /// <summary>The steps of the season of the series that it was fitted to; 1 for none.</summary>
    public int Season => _frame.Season;

    /// <summary>The fewest steps of history that a forecast needs.</summary>
    public int HistoryNeeded => _frame.Earliest;

    /// <summary>Reads the history; its schema holds the scale of the input, of the observed variables and then the known ones.</summary>
    public SequenceEncoder Encoder { get; }

    /// <summary>The scale of what is forecast, less what is taken off the window: a variable a target.</summary>
    public Standardization TargetScale { get; }

    /// <summary>The output layer: the columns of the points or means, or of the first level; then those of the spreads, or of each further level; in each the steps, and in a step the targets.</summary>
    public Dense Head { get; }

    /// <inheritdoc/>
    public override ParameterSet Parameters { get; }

    private protected override IReadOnlyList<object> Layers => [Encoder, Head];

    private protected override IEnumerable<string> Choices => ModelChoices.Of(_frame);

    /// <summary>Learns scales from the training part of a series, and fits a model to its windows. The last part of the series chooses the weights; see <see cref="ForecasterSettings.ValidationFraction"/>.</summary>
    /// <param name="series">What may be learned from: nothing after it is seen.</param>
    /// <param name="settings">The shape of the model.</param>
    /// <param name="options">How it is fitted.</param>
    /// <exception cref="UnfoldException">The series is too short, a setting is out of range, or does not go with the series.</exception>
    /// <exception cref="Training.DivergenceException">The loss or a gradient is not a number or infinite.</exception>
    public static Forecaster Fit(TimeSeries series, ForecasterSettings settings, FitOptions options)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(settings);
        SeededRandom random = WeightsRandom(options);
        var frame = new ForecastFrame(settings, series.Names, series.KnownNames, series.Season);
        int trainingEnd = series.Length - (int)Math.Round(series.Length * settings.ValidationFraction);
        IReadOnlyList<ForecastWindow> training = frame.Windows(series, frame.Earliest, trainingEnd, settings.Stride, "training");
        IReadOnlyList<ForecastWindow>? validation = settings.ValidationFraction == 0
            ? null
            : frame.Windows(series, Math.Max(trainingEnd, frame.Earliest), series.Length, settings.Stride, "validation");
        var model = new Forecaster(
            frame,
            Standardization.Learn(training.Select(window => (ReadOnlyMemory<double>)frame.Input(window)), frame.InputWidth),
            Standardization.Learn(training.Select(window => (ReadOnlyMemory<double>)frame.Wanted(window)), frame.Targets.Count),
            random);
        model.Training = new Fitter<ForecastWindow>
        {
            Model = nameof(Forecaster),
            Choices = () => model.Choices,
            Parameters = model.Parameters,
            Loss = model.Loss,
            Length = _ => settings.InputLength,
            Weight = _ => 1,
        }.Run(training, validation, options);
        return model;
    }

    /// <summary>The number of learned values of a model, before memory is taken for it.</summary>
    internal static Int128 CountParameters(ForecastFrame frame, Standardization inputScale)
    {
        (Int128 encoder, Int128 width) = SequenceEncoder.Measure(new SequenceSchema([], inputScale), frame.Settings.Encoder);
        return encoder + ((width + ((Int128)frame.Settings.Horizon * frame.KnownNames.Count) + 1) * frame.Settings.Horizon * frame.Targets.Count * frame.Settings.OutputsPerValue);
    }

    /// <summary>The mean loss over all steps and targets, of standardized values.</summary>
    /// <param name="tape">Records the operations.</param>
    /// <param name="batch">The windows; their series go on for H steps past their origins.</param>
    /// <param name="random">Where dropout comes from in training; null where the model is used.</param>
    /// <exception cref="UnfoldException">A series has other variables, or not enough steps.</exception>
    public Tensor Loss(Tape tape, IReadOnlyList<ForecastWindow> batch, SeededRandom? random = null)
    {
        Tensor output = Output(tape, batch, random);
        var targets = new Tensor(new Shape(batch.Count, _frame.TargetCount));
        Span<float> values = targets.Edit();
        for (int b = 0; b < batch.Count; b++)
        {
            if (batch[b].Series.Length < (long)batch[b].Origin + Settings.Horizon)
            {
                throw new UnfoldException($"The loss of a window needs {Settings.Horizon} steps after its origin {batch[b].Origin}; the series has {batch[b].Series.Length} steps.");
            }

            double[] wanted = _frame.Wanted(batch[b]);
            for (int i = 0; i < wanted.Length; i++)
            {
                values[(b * wanted.Length) + i] = TargetScale.Apply(wanted[i], i % Targets.Count);
            }
        }

        RequireFinite(values, batch, _frame.TargetCount);
        return _columns.Loss(tape, output, targets);
    }

    /// <summary>Forecasts the steps after the end of a history.</summary>
    /// <param name="history">The variables that the model was fitted to, at least <see cref="HistoryNeeded"/> steps, with known variables for the H steps after it too.</param>
    /// <exception cref="UnfoldException">The history has other variables or not enough steps, or known variables end too early.</exception>
    public Forecast Predict(TimeSeries history) => Predict([history])[0];

    /// <summary>Forecasts the steps after the end of each history; the same as one by one, but faster.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="workers">The threads; one for each core if not set. The result does not depend on their number. A team of several serves one call at a time.</param>
    /// <param name="cancellation">Stops the forecasts between two batches with an <see cref="OperationCanceledException"/>.</param>
    /// <inheritdoc cref="Predict(TimeSeries)" path="/exception"/>
    public IReadOnlyList<Forecast> Predict(IReadOnlyList<TimeSeries> histories, Workers? workers = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var forecasts = new List<Forecast>(histories.Count);
        OnTape(workers, histories.Count, tape =>
        {
            foreach (TimeSeries[] batch in histories.Chunk(Math.Max(1, StepsTogether / Settings.InputLength)))
            {
                cancellation.ThrowIfCancellationRequested();
                ForecastWindow[] windows = [.. batch.Select(history => new ForecastWindow(history, history?.Length ?? 0))];
                ReadOnlySpan<float> output = Output(tape, windows, random: null).Values;
                for (int b = 0; b < windows.Length; b++)
                {
                    forecasts.Add(_columns.Read(output.Slice(b * Head.OutputSize, Head.OutputSize), _frame.Taken(windows[b]), TargetScale));
                }

                tape.Reset();
            }
        });
        return forecasts;
    }

    private Tensor Output(Tape tape, IReadOnlyList<ForecastWindow> batch, SeededRandom? random)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(batch);
        Standardization scale = Encoder.Schema.Values!;
        int width = _frame.InputWidth;
        var input = new Tensor(new Shape(Settings.InputLength, batch.Count, width));
        Tensor? known = _frame.KnownCount == 0 ? null : new Tensor(new Shape(batch.Count, _frame.KnownCount));
        Span<float> rows = input.Edit(), ahead = known is null ? [] : known.Edit();
        for (int b = 0; b < batch.Count; b++)
        {
            _frame.Require(batch[b]);
            double[] steps = _frame.Input(batch[b]), next = _frame.Known(batch[b]);
            for (int i = 0; i < steps.Length; i++)
            {
                rows[(((i / width * batch.Count) + b) * width) + (i % width)] = scale.Apply(steps[i], i % width);
            }

            for (int i = 0; i < next.Length; i++)
            {
                ahead[(b * next.Length) + i] = scale.Apply(next[i], Names.Count + (i % KnownNames.Count));
            }
        }

        RequireFinite(rows, batch, width);
        RequireFinite(ahead, batch, _frame.KnownCount);
        Tensor summary = Encoder.Summarize(tape, input, random);
        return Head.Forward(tape, known is null ? summary : tape.Concatenate(summary, known));
    }

    private static void RequireFinite(ReadOnlySpan<float> values, IReadOnlyList<ForecastWindow> batch, int width)
    {
        int bad = OptimizerKernels.FirstNonFinite(values);
        if (bad >= 0)
        {
            throw new UnfoldException($"The values around step {batch[bad / width % batch.Count].Origin} of a time series are too far from those of the training part to be computed with.");
        }
    }
}
