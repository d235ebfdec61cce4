using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Reference;
using Unfold.Tests.Support;

namespace Unfold.Tests.Reference;

/// <summary>The reference equations themselves against PyTorch, to the nine digits that the files hold.</summary>
public sealed class ReferenceGoldenTests
{
    public static TheoryData<string> Cells => [.. GoldenCells.Names.SelectMany(cell => new[] { $"{cell}-full", $"{cell}-lengths" })];

    public static TheoryData<string> TenSteps =>
        ["ten-steps-lstm-adam", "ten-steps-lstm-adam-last", "ten-steps-gru-embedding-adam", "ten-steps-rnn-embedding-adam"];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Outputs_and_final_states_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = GoldenFile.Load(name);
        (int batch, int hidden, int input) = (golden.Size("B"), golden.Size("H"), golden.Size("I"));
        FusedCell cell = GoldenCells.Create(golden.Cell, input, hidden, new SeededRandom(1), "cell");
        Dictionary<string, double[]> values = GoldenCells.Letters(cell).ToDictionary(letter => letter.Parameter.Name, letter => golden.Tensor("parameters", letter.Letter).Inputs);
        double[] x = golden.Tensor("inputs", "x").Inputs, wanted = golden.Tensor("results", "outputs").Data;
        for (int b = 0; b < batch; b++)
        {
            int row = b;
            double[] Initial(string key) => cell is LstmCell || key == "h0" ? golden.Tensor("inputs", key).Inputs[(row * hidden)..((row + 1) * hidden)] : [];
            int length = golden["lengths"][b].GetInt32();
            double[][] xs = [.. Enumerable.Range(0, length).Select(t => x[(((t * batch) + row) * input)..(((t * batch) + row + 1) * input)])];
            (double[][] outputs, ReferenceState final) = ReferenceSequence.Run(cell, values, xs, new ReferenceState(Initial("h0"), Initial("c0")));
            for (int t = 0; t < length; t++)
            {
                Close.Equal(wanted.AsSpan(((t * batch) + b) * hidden, hidden), outputs[t], relative: 5e-9, absolute: 1e-12, $"{name}: step {t}");
            }

            Close.Equal(golden.Tensor("results", "h").Data.AsSpan(b * hidden, hidden), final.H, relative: 5e-9, absolute: 1e-12, $"{name}: h");
            if (cell is LstmCell)
            {
                Close.Equal(golden.Tensor("results", "c").Data.AsSpan(b * hidden, hidden), final.C, relative: 5e-9, absolute: 1e-12, $"{name}: c");
            }
        }
    }

    [Theory]
    [MemberData(nameof(TenSteps))]
    public void The_first_loss_of_a_language_model_is_that_of_PyTorch(string name)
    {
        GoldenFile golden = GoldenFile.Load(name);
        (int time, int batch) = (golden.Size("T"), golden.Size("B"));
        (int vocabulary, int width, int hidden) = (golden.Size("V"), golden.Size("E"), golden.Size("H"));
        var random = new SeededRandom(1);
        Embedding? embedding = width > 0 ? new Embedding(vocabulary, width, random) : null;
        FusedCell cell = GoldenCells.Create(golden.Cell, width > 0 ? width : vocabulary, hidden, random, "cell");
        var output = new Dense(hidden, vocabulary, random);
        Dictionary<string, double[]> values = GoldenCells.Letters(cell).ToDictionary(letter => letter.Parameter.Name, letter => golden.Tensor("initial", letter.Letter).Inputs);
        values[output.Weights.Name] = golden.Tensor("initial", "V").Inputs;
        values[output.Bias.Name] = golden.Tensor("initial", "c").Inputs;
        if (embedding is not null)
        {
            values[embedding.Weights.Name] = golden.Tensor("initial", "E").Inputs;
        }

        int[] tokens = golden.Tensor("tokens", "inputs").Integers[..(time * batch)], targets = golden.Tensor("tokens", "targets").Integers[..(time * batch)];
        if (golden["loss_over"].GetString() == "last")
        {
            targets.AsSpan(0, (time - 1) * batch).Fill(-1);
        }

        double loss = new ReferenceLanguageModel(embedding, [cell], output).Loss(values, tokens, targets, batch);
        Close.Equal(golden.Tensor("results", "losses").Data[0], loss, relative: 5e-9, absolute: 0, name);
    }
}
