using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Initialization;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Models.Forecasting;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Models.Sequences;

/// <summary>Models are used and measured until they are stopped.</summary>
public sealed class PredictionCancellationTests
{
    private static readonly Sequence[] Inputs = SequenceCases.Mixed(300, 3);

    /// <summary>How each model is used, on inputs that are never looked at.</summary>
    private static readonly Dictionary<string, Action<SequenceModel, CancellationToken>> Uses = new(StringComparer.Ordinal)
    {
        [nameof(SequenceTagger)] = (model, token) => ((SequenceTagger)model).Predict(Inputs, cancellation: token),
        [nameof(SequenceClassifier)] = (model, token) => ((SequenceClassifier)model).Predict(Inputs, cancellation: token),
        [nameof(SequenceRegressor)] = (model, token) => ((SequenceRegressor)model).Predict(Inputs, cancellation: token),
        [nameof(SequenceGenerator)] = (model, token) => ((SequenceGenerator)model).Predict(Inputs, cancellation: token),
        [nameof(FramePredictor)] = (model, token) => ((FramePredictor)model).Predict(Inputs, cancellation: token),
        [nameof(EncoderDecoder)] = (model, token) => ((EncoderDecoder)model).Predict(Inputs, cancellation: token),
        ["Search"] = (model, token) => ((EncoderDecoder)model).Search(Inputs, cancellation: token),
        [nameof(JordanNetwork)] = (model, token) => ((JordanNetwork)model).Predict(Inputs, cancellation: token),
        [nameof(Forecaster)] = (model, token) => ((Forecaster)model).Predict([ForecastCases.Mixed(40)], cancellation: token),
        [nameof(ClozeModel)] = (model, token) => ((ClozeModel)model).Measure([[3, 4]], cancellation: token),
    };

    public static TheoryData<string> Names => [.. Uses.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_model_whose_use_was_stopped_computes_nothing(string name)
    {
        SequenceModel model = KeptFits.Rows[name == "Search" ? nameof(EncoderDecoder) : name].Fit(KeptFits.Options with { Epochs = 1 });
        Assert.Throws<OperationCanceledException>(() => Uses[name](model, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Between_two_batches_a_prediction_and_a_measure_are_stopped_and_the_model_can_be_used_again()
    {
        Action? computed = null;
        var settings = new SequenceEncoderSettings
        {
            Cell = CellKind.Custom,
            CustomCell = (input, hidden, random, name) => new HeardCell(input, hidden, random, name, () => computed?.Invoke()),
            Hidden = 3,
            Embedding = 2,
            FurtherEmbedding = 2,
            Reading = Reading.Forward,
        };
        TaggedSequence[] examples = [.. Inputs.Select(input => new TaggedSequence(input, [.. input.Columns[1].Select(symbol => symbol == "w0" ? "x" : "y")]))];
        SequenceTagger model = SequenceTagger.Fit(examples[..20], settings, SequenceCases.Short);
        int Steps(Action<CancellationToken> use, bool stops)
        {
            using var source = new CancellationTokenSource();
            int steps = 0;
            computed = () =>
            {
                steps++;
                if (stops)
                {
                    source.Cancel();
                }
            };
            if (stops)
            {
                Assert.Throws<OperationCanceledException>(() => use(source.Token));
            }
            else
            {
                use(source.Token);
            }

            return steps;
        }

        void Check(Action<CancellationToken> use)
        {
            int stopped = Steps(use, stops: true), whole = Steps(use, stops: false);
            Assert.InRange(stopped, 1, whole - 1);
        }

        Check(token => Assert.Equal(Inputs.Length, model.Predict(Inputs, new Workers(1), token).Count));
        Check(token => Assert.True(double.IsFinite(model.Measure(examples, new Workers(1), token))));
    }

    /// <summary>h_t = tanh(x_t U + h_(t-1) W), which tells of each step.</summary>
    private sealed class HeardCell : ComposedCell
    {
        private readonly Parameter _u, _w;
        private readonly Action _heard;

        public HeardCell(int input, int hidden, SeededRandom? random, string name, Action heard)
            : base(name, input, hidden)
        {
            (_u, _w, _heard) = (new Parameter($"{name}.u", new Shape(input, hidden)), new Parameter($"{name}.w", new Shape(hidden, hidden)), heard);
            _u.Initialize(Initializer.GlorotUniform, random);
            _w.Initialize(Initializer.Orthogonal, random);
        }

        public override IReadOnlyList<Parameter> Parameters => [_u, _w];

        public override RecurrentState Step(Tape tape, Tensor input, RecurrentState previous, SeededRandom? random)
        {
            _heard();
            return new HiddenState(tape.Activate(tape.Add(tape.MatrixProduct(input, _u), tape.MatrixProduct(previous.Hidden, _w)), Activation.Tanh));
        }
    }
}
