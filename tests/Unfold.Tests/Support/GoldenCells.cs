using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Numerics;

namespace Unfold.Tests.Support;

/// <summary>The cells under the names and letters that the golden files use.</summary>
public static class GoldenCells
{
    public static readonly string[] Names =
        ["rnn-tanh", "rnn-relu", "rnn-sigmoid", "rnn-identity", "lstm", "gru-reset-after", "gru-reset-before", "min-gru", "min-lstm", "jordan-identity", "jordan-sigmoid", "jordan-tanh", "jordan-softmax"];

    public static FusedCell Create(string cell, int input, int hidden, SeededRandom random, string name) => cell switch
    {
        "rnn-tanh" => new RnnCell(input, hidden, random, Activation.Tanh, name),
        "rnn-relu" => new RnnCell(input, hidden, random, Activation.Relu, name),
        "rnn-sigmoid" => new RnnCell(input, hidden, random, Activation.Sigmoid, name),
        "rnn-identity" => new RnnCell(input, hidden, random, Activation.Identity, name),
        "lstm" => new LstmCell(input, hidden, random, name: name),
        "gru-reset-after" => new GruCell(input, hidden, random, GruReset.AfterProduct, name),
        "gru-reset-before" => new GruCell(input, hidden, random, GruReset.BeforeProduct, name),
        "min-gru" => new MinGruCell(input, hidden, random, name: name),
        "min-lstm" => new MinLstmCell(input, hidden, random, name: name),
        "jordan-identity" => new JordanCell(input, hidden + 2, hidden, random, JordanOutput.Identity, Activation.Tanh, name),
        "jordan-sigmoid" => new JordanCell(input, hidden + 2, hidden, random, JordanOutput.Sigmoid, Activation.Sigmoid, name),
        "jordan-tanh" => new JordanCell(input, hidden + 2, hidden, random, JordanOutput.Tanh, Activation.Tanh, name),
        "jordan-softmax" => new JordanCell(input, hidden + 2, hidden, random, JordanOutput.Softmax, Activation.Sigmoid, name),
        _ => throw new ArgumentException($"No golden file has a cell '{cell}'."),
    };

    /// <summary>The parameters by their letters: U, b and, where the cell has them, W, bn, V and c.</summary>
    public static IReadOnlyList<(string Letter, Parameter Parameter)> Letters(FusedCell cell)
    {
        var letters = new List<(string, Parameter)> { ("U", cell.InputWeights), ("b", cell.Bias) };
        if (cell.RecurrentWeights is { } recurrent)
        {
            letters.Add(("W", recurrent));
        }

        if (cell is GruCell { RecurrentBias: { } bias })
        {
            letters.Add(("bn", bias));
        }

        if (cell is JordanCell jordan)
        {
            letters.AddRange([("V", jordan.OutputWeights), ("c", jordan.OutputBias)]);
        }

        return letters;
    }

    /// <summary>A state of this cell; c is for the LSTM only.</summary>
    public static RecurrentState State(Cell cell, Tensor h, Tensor? c) => cell is LstmCell ? new LstmState(h, c!) : new HiddenState(h);
}
