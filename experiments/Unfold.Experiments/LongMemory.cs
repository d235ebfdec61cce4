using Unfold.Cells;

namespace Unfold.Experiments;

/// <summary>
/// Gated cells whose memory is long before anything is learned (Tallec and Ollivier, 2018). With the bias log k a gate keeps k times what
/// it lets go, so that a state fades by e in about k steps; what comes in has the negative bias, so that it does not add up to noise.
/// </summary>
/// <remarks>Each function takes k from the place of a unit among the others: from 0, the first, to 1, the last.</remarks>
internal static class LongMemory
{
    /// <summary>LSTMs: forget gates of log k, input gates of -log k.</summary>
    public static CellFactory Lstm(Func<double, double> steps) => (input, hidden, random, name) =>
    {
        var cell = new LstmCell(input, hidden, random!, name: name);
        Fill(cell.Bias.Edit()[..hidden], place => -Math.Log(steps(place)));
        Fill(cell.Bias.Edit().Slice(hidden, hidden), place => Math.Log(steps(place)));
        return cell;
    };

    /// <summary>GRUs: their z keeps the state.</summary>
    public static CellFactory Gru(Func<double, double> steps) => (input, hidden, random, name) =>
    {
        var cell = new GruCell(input, hidden, random!, name: name);
        Fill(cell.Bias.Edit().Slice(hidden, hidden), place => Math.Log(steps(place)));
        return cell;
    };

    /// <summary>minGRUs: their z lets the new in.</summary>
    public static CellFactory MinGru(Func<double, double> steps) => (input, hidden, random, name) =>
    {
        var cell = new MinGruCell(input, hidden, random!, name: name);
        Fill(cell.Bias.Edit()[..hidden], place => -Math.Log(steps(place)));
        return cell;
    };

    /// <summary>minLSTMs: the share of forget and input gate is k to 1.</summary>
    public static CellFactory MinLstm(Func<double, double> steps) => (input, hidden, random, name) =>
    {
        var cell = new MinLstmCell(input, hidden, random!, name: name);
        Fill(cell.Bias.Edit()[..hidden], place => -Math.Log(steps(place)) / 2);
        Fill(cell.Bias.Edit().Slice(hidden, hidden), place => Math.Log(steps(place)) / 2);
        return cell;
    };

    private static void Fill(Span<float> biases, Func<double, double> bias)
    {
        for (int unit = 0; unit < biases.Length; unit++)
        {
            biases[unit] = (float)bias(unit / Math.Max(1.0, biases.Length - 1));
        }
    }
}
