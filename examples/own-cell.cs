#:project ../src/Unfold/Unfold.csproj
#:property PublishAot=false
using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Initialization;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Text;
using Unfold.Training;

// 1. Are its gradients right? In a stack of both directions, over sequences of unequal lengths.
var random = new SeededRandom(1);
var stack = new StackedLayers(
[
    new Bidirectional(new MinimalGatedUnit(3, 8, random, "forward"), new MinimalGatedUnit(3, 8, random, "backward")),
    new Recurrent(new MinimalGatedUnit(16, 8, random, "top")),
]);
int[] tokens = [0, 1, 2, 2, 1, 0, 2, 0];
GradientCheckReport report = GradientCheck.Run(stack.Parameters, tape => tape.Sum(stack.Forward(tape, SequenceInput.Of(tokens, batch: 2), lengths: [4, 3]).Outputs));
Console.WriteLine($"gradients {(report.Passed(0.001) ? "agree with differences of the loss" : "are wrong:\n" + report)}");

// 2. A language model of it, trained, saved and loaded as any other.
Corpus corpus = Corpus.Load(TextSource.FromString(Grammar.CreateEmbedded().WriteText(random, 100_000)), new CorpusOptions { ValidationFraction = 0.05 });
CellFactory cell = (inputs, hidden, chance, name) => new MinimalGatedUnit(inputs, hidden, chance, name);
var settings = new LanguageModelSettings { Cell = CellKind.Custom, CustomCell = cell, Hidden = 48 };
var model = new LanguageModel(settings, corpus.Vocabulary, random);
var trainer = new LanguageModelTrainer(model, new TrainingSettings { Steps = 100, LearningRate = 0.01 }, corpus.Train, corpus.Validation, new Workers(2));
while (!trainer.Finished)
{
    trainer.Step();
}

var folder = new ModelFolder(Path.Combine(Path.GetTempPath(), $"own-cell-{Guid.NewGuid():N}"));
model.FindLineEnd(corpus.Train, new Workers(2));
folder.Save(model);
LanguageModel loaded = folder.Load(cell);
Console.WriteLine($"perplexity {LanguageModelScorer.Score(loaded, corpus.Validation, new Workers(2)).Perplexity:F2}");
Directory.Delete(folder.FullPath, recursive: true);

/// <summary>The minimal gated unit (Zhou et al., 2016): f = sigmoid(x U_f + h W_f + b_f); n = tanh(x U_n + (f * h) W_n + b_n); h' = (1 - f) * h + f * n.</summary>
internal sealed class MinimalGatedUnit : ComposedCell
{
    private readonly Parameter _input, _gate, _candidate, _bias;

    public MinimalGatedUnit(int input, int hidden, SeededRandom? random, string name)
        : base(name, input, hidden)
    {
        _input = new Parameter($"{name}.input_weights", new Shape(input, 2 * hidden));
        _gate = new Parameter($"{name}.gate_weights", new Shape(hidden, hidden));
        _candidate = new Parameter($"{name}.candidate_weights", new Shape(hidden, hidden));
        _bias = new Parameter($"{name}.bias", new Shape(2 * hidden));
        _input.Initialize(Initializer.GlorotUniform, random);
        _gate.Initialize(Initializer.Orthogonal, random);
        _candidate.Initialize(Initializer.Orthogonal, random);
    }

    public override IReadOnlyList<Parameter> Parameters => [_input, _gate, _candidate, _bias];

    public override RecurrentState Step(Tape tape, Tensor input, RecurrentState previous, SeededRandom? random)
    {
        Tensor h = previous.Hidden, sums = tape.AddBias(tape.MatrixProduct(input, _input), _bias);
        Tensor f = tape.Activate(tape.Add(tape.Columns(sums, 0, HiddenSize), tape.MatrixProduct(h, _gate)), Activation.Sigmoid);
        Tensor n = tape.Activate(tape.Add(tape.Columns(sums, HiddenSize, HiddenSize), tape.MatrixProduct(tape.Multiply(f, h), _candidate)), Activation.Tanh);
        return new HiddenState(tape.Add(tape.Multiply(tape.OneMinus(f), h), tape.Multiply(f, n)));
    }
}
