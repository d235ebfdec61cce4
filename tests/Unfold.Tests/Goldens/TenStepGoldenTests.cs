using System.Text.Json;
using Unfold.Autograd;
using Unfold.Autograd.Operations;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Training;

namespace Unfold.Tests.Goldens;

/// <summary>
/// Ten steps of training against PyTorch's: the losses, the gradient norms and the weights at the end. It sees the layers,
/// the optimizer, clipping, the carried state and the order of the data at once.
/// </summary>
[Trait("Path", "every")]
public sealed class TenStepGoldenTests
{
    public static TheoryData<string> Files =>
    [
        .. new[]
        {
            "lstm-sgd", "lstm-sgd-clip", "lstm-momentum", "lstm-nesterov", "lstm-rmsprop", "lstm-adagrad", "lstm-adam", "lstm-adamw",
            "lstm-adam-clip", "lstm-adam-last", "lstm-adam-windows", "gru-embedding-adam", "rnn-embedding-adam",
        }.Select(name => $"ten-steps-{name}"),
    ];

    [Fact]
    public void Every_file_of_ten_steps_is_tested() => Assert.Equal(
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Goldens"), "ten-steps-*.json").Select(Path.GetFileNameWithoutExtension).Order(),
        Files.Select(row => row.Data).Order());

    [Theory]
    [MemberData(nameof(Files))]
    public void Losses_norms_and_final_weights_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = GoldenFile.Load(name);
        (float[] losses, double[] norms, Dictionary<string, float[]> weights) = Train(golden, new Workers(2));
        Close.Equal(golden.Tensor("results", "losses").Data, losses, relative: 1e-5, absolute: 0, $"{name}: losses");
        Close.Equal(golden.Tensor("results", "gradient_norms").Data, norms, relative: 2e-5, absolute: 0, $"{name}: gradient norms");
        Assert.Equal(golden.Names("final").Order(), weights.Keys.Order());
        foreach ((string letter, float[] values) in weights)
        {
            Close.Equal(golden.Tensor("final", letter).Data, values, relative: 2e-5, absolute: 2e-5, $"{name}: final {letter}");
        }
    }

    [Theory]
    [InlineData("ten-steps-lstm-adam-clip")]
    [InlineData("ten-steps-gru-embedding-adam")]
    public void The_number_of_threads_does_not_change_a_bit(string name)
    {
        GoldenFile golden = GoldenFile.Load(name);
        (float[] losses, _, Dictionary<string, float[]> weights) = Train(golden, new Workers(1));
        foreach (int count in new[] { 2, 3 })
        {
            (float[] again, _, Dictionary<string, float[]> others) = Train(golden, new Workers(count));
            Close.Same(losses, again, $"{name}: losses on {count} threads");
            foreach ((string letter, float[] values) in weights)
            {
                Close.Same(values, others[letter], $"{name}: {letter} on {count} threads");
            }
        }
    }

    private static (float[] Losses, double[] Norms, Dictionary<string, float[]> Weights) Train(GoldenFile golden, Workers workers)
    {
        (int steps, int time, int batch) = (golden.Size("steps"), golden.Size("T"), golden.Size("B"));
        (int vocabulary, int width, int hidden) = (golden.Size("V"), golden.Size("E"), golden.Size("H"));
        var random = new SeededRandom(1);
        Embedding? embedding = width > 0 ? new Embedding(vocabulary, width, random) : null;
        FusedCell cell = GoldenCells.Create(golden.Cell, width > 0 ? width : vocabulary, hidden, random, "recurrent");
        var layer = new Recurrent(cell);
        var output = new SoftmaxOutput(hidden, vocabulary, random);
        List<(string Letter, Parameter Parameter)> letters = [.. GoldenCells.Letters(cell), ("V", output.Projection.Weights), ("c", output.Projection.Bias)];
        letters.AddRange(embedding is null ? [] : [("E", embedding.Weights)]);
        var parameters = new ParameterSet(letters.Select(letter => letter.Parameter));
        foreach ((string letter, Parameter parameter) in letters)
        {
            golden.Tensor("initial", letter).Floats.CopyTo(parameter.Edit());
        }

        (Optimizer optimizer, double rate) = Optimizer(golden);
        var clipping = new Clipping { MaximumNorm = golden["clip_norm"].ValueKind == JsonValueKind.Null ? double.PositiveInfinity : golden["clip_norm"].GetDouble() };
        int[] inputs = golden.Tensor("tokens", "inputs").Integers, targets = golden.Tensor("tokens", "targets").Integers;
        var tape = new Tape(workers);
        RecurrentState? state = null;
        var losses = new float[steps];
        var norms = new double[steps];
        for (int k = 0; k < steps; k++)
        {
            tape.Reset();
            parameters.ClearGradients();
            ReadOnlyMemory<int> tokens = inputs.AsMemory(k * time * batch, time * batch);
            SequenceInput input = embedding is null ? SequenceInput.Of(tokens, batch) : SequenceInput.Of(embedding.Forward(tape, tokens, batch));
            (Tensor outputs, RecurrentState final) = layer.Forward(tape, input, state);
            bool last = golden["loss_over"].GetString() == "last";
            Tensor loss = last
                ? output.Loss(tape, tape.TimeStep(outputs, time - 1), targets.AsMemory(((k * time) + time - 1) * batch, batch))
                : output.Loss(tape, outputs, targets.AsMemory(k * time * batch, time * batch));
            tape.Backward(loss);
            losses[k] = loss.Values[0];
            GradientNorm norm = clipping.Apply(k + 1, losses[k], parameters, workers);
            norms[k] = norm.Norm;
            optimizer.Step(parameters, rate, norm.Scale, workers);
            state = golden["carry_state"].GetBoolean() ? final.Copy() : null;
        }

        return (losses, norms, letters.ToDictionary(letter => letter.Letter, letter => letter.Parameter.Values.ToArray()));
    }

    /// <summary>The optimizer with the settings of the file, none left to a default.</summary>
    private static (Optimizer Optimizer, double Rate) Optimizer(GoldenFile golden)
    {
        JsonElement settings = golden["settings"];
        double Number(string name) => settings.GetProperty(name).GetDouble();
        double Beta(int index) => settings.GetProperty("betas")[index].GetDouble();
        Optimizer optimizer = golden["optimizer"].GetString() switch
        {
            "sgd" => new Sgd(),
            "momentum" => new Momentum(new MomentumOptions { Momentum = Number("momentum") }),
            "nesterov" => new Nesterov(new MomentumOptions { Momentum = Number("momentum") }),
            "rmsprop" => new RmsProp(new RmsPropOptions { Alpha = Number("alpha"), Epsilon = Number("eps") }),
            "adagrad" => new Adagrad(new AdagradOptions { Epsilon = Number("eps") }),
            "adam" => new Adam(new AdamOptions { Beta1 = Beta(0), Beta2 = Beta(1), Epsilon = Number("eps") }),
            "adamw" => new AdamW(new AdamWOptions { Beta1 = Beta(0), Beta2 = Beta(1), Epsilon = Number("eps"), WeightDecay = Number("weight_decay") }),
            string other => throw new ArgumentException($"There is no optimizer '{other}'."),
            null => throw new ArgumentException("The file names no optimizer."),
        };
        return (optimizer, Number("lr"));
    }
}
