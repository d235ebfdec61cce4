using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Cli;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;
using Unfold.Text;
using static Unfold.Reference.ReferenceMath;

namespace Unfold.Tests.Docs;

/// <summary>The cell of docs/adding-a-cell.md and examples/own-cell.cs, as it stands there, wherever a built-in cell works.</summary>
public sealed class AddingACellTests : IDisposable
{
    private static readonly CellFactory Cell = (input, hidden, random, name) => new MinimalGatedUnit(input, hidden, random, name);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_document_holds_the_program_that_is_run()
    {
        string document = Repository.Read("docs/adding-a-cell.md");
        string program = Repository.Read("examples/own-cell.cs");
        Assert.Contains($"```csharp\n{program[program.IndexOf("using", StringComparison.Ordinal)..]}```\n", document, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Its_gradients_are_those_of_its_equations(bool backward)
    {
        const int time = 6, batch = 3, width = 4, hidden = 5;
        int[] lengths = [4, 6, 1];
        var random = new SeededRandom(3);
        var cell = new MinimalGatedUnit(width, hidden, random, "own");
        var layer = new Recurrent(cell, backward ? Direction.Backward : Direction.Forward);
        var x = new Parameter("x", new Shape(time, batch, width));
        var h0 = new Parameter("h0", new Shape(batch, hidden));
        foreach (Parameter parameter in cell.Parameters.Append(x).Append(h0))
        {
            Draw.Uniform(random, parameter.Shape.Length, -0.8, 0.8).CopyTo(parameter.Edit());
        }

        float[] projection = Draw.Uniform(random, time * batch * hidden, -1, 1);
        Tensor Loss(Tape tape)
        {
            RecurrentOutput output = layer.Forward(tape, SequenceInput.Of(x), new HiddenState(h0), lengths);
            return tape.Add(tape.Sum(tape.Multiply(output.Outputs, new Tensor(output.Outputs.Shape, projection))), tape.Sum(output.Final.Hidden));
        }

        double Reference(IReadOnlyDictionary<string, double[]> values)
        {
            double loss = 0;
            for (int b = 0; b < batch; b++)
            {
                double[] h = values["h0"][(b * hidden)..((b + 1) * hidden)];
                for (int step = 0; step < lengths[b]; step++)
                {
                    int place = ((backward ? lengths[b] - 1 - step : step) * batch) + b;
                    h = Step(values, values["x"][(place * width)..((place + 1) * width)], h);
                    loss += h.Select((value, j) => value * projection[(place * hidden) + j]).Sum();
                }

                loss += h.Sum();
            }

            return loss;
        }

        OracleDifferences.AssertAgree([.. cell.Parameters, x, h0], Loss, Reference, entries: 40, "minimal gated unit");
    }

    [Fact]
    public void A_language_model_of_it_learns_streams_and_comes_back_from_its_folder()
    {
        var random = new SeededRandom(4);
        int[] tokens = [.. Enumerable.Range(0, 2000).Select(i => Vocabulary.SpecialCount + (i / 3 % 4))];
        LanguageModel model = Model(random);
        TokenStore store = TokenStore.FromTokens(tokens, model.Vocabulary.Count);
        var settings = new TrainingSettings { Steps = 120, BatchSize = 8, SequenceLength = 12, LearningRate = 0.02 };
        var trainer = new LanguageModelTrainer(model, settings, store, store, new Workers(2));
        while (!trainer.Finished)
        {
            trainer.Step();
        }

        // Each letter comes three times, so only a memory of two steps and more knows the next.
        Assert.True(trainer.Validate(TestContext.Current.CancellationToken).Score.Perplexity < 1.05);
        var folder = new ModelFolder(_folder["own"]);
        folder.Save(model);
        LanguageModel loaded = folder.Load(Cell);
        LanguageModelSession one = new(model), other = new(loaded);
        foreach (int token in tokens.AsSpan(0, 30))
        {
            one.Feed(token);
            other.Feed(token);
            Close.Same(one.Logits, other.Logits, "logits");
        }

        Assert.Equal(tokens[30], one.Logits.ToArray().Index().MaxBy(logit => logit.Item).Index);
    }

    [Fact]
    public void Where_the_code_of_the_cell_is_missing_a_sentence_says_so()
    {
        string folder = _folder["own"];
        new ModelFolder(folder).Save(Model(new SeededRandom(5)));
        UnfoldException failure = Assert.Throws<UnfoldException>(() => new ModelFolder(folder).Load());
        Assert.All(["config.json", "cell: custom", "no file holds the code", "Load(cell)"], word => Assert.Contains(word, failure.Message, StringComparison.Ordinal));
        CommandLine.Run("generate", folder).Refuses(1, "config.json", "cell: custom", "no file holds the code");
        CommandLine.Run("train", "--resume", folder).Refuses(1, "config.json", "cell: custom");
        CommandLine.Run("train", "--cell", "custom").Refuses(2, "--cell", "rnn, lstm, gru");
        CommandLine.Run("gradcheck", "--cell", "custom").Refuses(2, "--cell", "rnn, lstm, gru");
    }

    [Fact]
    public void Weights_of_another_cell_are_refused_by_name()
    {
        string folder = _folder["own"];
        new ModelFolder(folder).Save(Model(new SeededRandom(5)));
        UnfoldException fewer = Assert.Throws<UnfoldException>(() => new ModelFolder(folder).Load((input, hidden, random, name) => new RnnCell(input, hidden, random!, name: name)));
        Assert.Contains("parameters", fewer.Message, StringComparison.Ordinal);
        UnfoldException renamed = Assert.Throws<UnfoldException>(() => new ModelFolder(folder).Load((input, hidden, random, name) => new MinimalGatedUnit(input, hidden, random, name + "x")));
        Assert.Contains("layers.0", renamed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_do_not_go_together_are_refused()
    {
        Refused(new LanguageModelSettings { Cell = CellKind.Custom }, "custom", nameof(LanguageModelSettings.CustomCell));
        Refused(new LanguageModelSettings { Cell = CellKind.Gru, CustomCell = Cell }, "custom only", "gru");
        Refused(new LanguageModelSettings { Cell = CellKind.Custom, CustomCell = (_, hidden, random, name) => new MinimalGatedUnit(3, hidden, random, name) }, "from 7 inputs to 256 outputs", "MinimalGatedUnit(3 -> 256");
        Refused(new LanguageModelSettings { Cell = CellKind.Custom, CustomCell = (_, _, _, _) => null! }, "it made none");
    }

    [Fact]
    public void It_works_in_every_model_of_sequences_that_has_settings_of_an_encoder()
    {
        var settings = new SequenceEncoderSettings { Cell = CellKind.Custom, CustomCell = Cell, Hidden = 4, Embedding = 3 };
        var options = new FitOptions { Epochs = 1, Workers = new Workers(1) };
        Sequence symbols = Sequence.OfSymbols(["a", "b"]), values = Sequence.OfValues([0, 1, 1, 0], 2);
        SequenceModel[] models =
        [
            SequenceClassifier.Fit([new(symbols, "x"), new(symbols, "y")], settings, options),
            SequenceRegressor.Fit([new(symbols, [1])], settings, options),
            FramePredictor.Fit([values], FrameKind.Values, settings, options),
            SequenceGenerator.Fit([new(Sequence.OfSymbols(["a"]), ["b"])], settings, options),
            EncoderDecoder.Fit([new(["a"], ["b"])], new() { Encoder = settings, Decoder = settings }, options),
            Forecaster.Fit(TimeSeries.Of([1, 2, 4, 3, 5, 7, 6, 8]), new() { InputLength = 2, Encoder = settings }, options),
        ];
        Assert.All(models, model => Assert.Contains("MinimalGatedUnit(", model.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_tagger_of_it_fits_and_comes_back_from_its_folder()
    {
        string[] symbols = ["a", "b", "a", "b", "b", "a"];
        TaggedSequence[] examples = [.. Enumerable.Range(1, 6).Select(length => new TaggedSequence(
            Sequence.OfSymbols(symbols[..length]), [.. Enumerable.Range(0, length).Select(t => t == length - 1 ? "end" : "in")]))];
        var settings = new SequenceEncoderSettings { Cell = CellKind.Custom, CustomCell = Cell, Hidden = 6, Embedding = 3, Reading = Reading.Bidirectional };
        SequenceTagger tagger = SequenceTagger.Fit(examples, settings, new FitOptions { Epochs = 100, BatchSize = 6, LearningRate = 0.05, Workers = new Workers(1) });
        Assert.Equal(examples[4].Labels, tagger.Predict(examples[4].Input).Select(step => step.Label));
        tagger.Save(_folder["tagger"]);
        SequenceTagger loaded = SequenceTagger.Load(_folder["tagger"], Cell);
        Assert.Equal(tagger.Predict(examples[5].Input).Select(step => step.Probabilities.ToArray().Max()), loaded.Predict(examples[5].Input).Select(step => step.Probabilities.ToArray().Max()));
        Assert.Contains("cell: custom", Assert.Throws<UnfoldException>(() => SequenceTagger.Load(_folder["tagger"])).Message, StringComparison.Ordinal);
    }

    private static LanguageModel Model(SeededRandom random) => new(
        new LanguageModelSettings { Cell = CellKind.Custom, CustomCell = Cell, Layers = 2, Hidden = 12, Embedding = 5 },
        new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d"]),
        random);

    private static void Refused(LanguageModelSettings settings, params string[] words)
    {
        var vocabulary = new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d"]);
        UnfoldException failure = Assert.Throws<UnfoldException>(() => new LanguageModel(settings, vocabulary, new SeededRandom(1)));
        Assert.All(words, word => Assert.Contains(word, failure.Message, StringComparison.Ordinal));
    }

    /// <summary>The equations in double precision.</summary>
    private static double[] Step(IReadOnlyDictionary<string, double[]> values, double[] x, double[] h)
    {
        double[] U = values["own.input_weights"], G = values["own.gate_weights"], C = values["own.candidate_weights"], b = values["own.bias"];
        int H = h.Length;
        double[] f = [.. Enumerable.Range(0, H).Select(j => Sigmoid(Column(x, U, j) + Column(h, G, j) + b[j]))];
        double[] kept = [.. f.Zip(h, (gate, value) => gate * value)];
        return [.. Enumerable.Range(0, H).Select(j => ((1 - f[j]) * h[j]) + (f[j] * Math.Tanh(Column(x, U, H + j) + Column(kept, C, j) + b[H + j])))];
    }
}
