using Unfold.Cells;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>The cells that a <see cref="LanguageModel"/> can be made of: a row for each <see cref="CellKind"/>.</summary>
internal static class CellTable
{
    private static readonly Dictionary<CellKind, Row> Rows = new()
    {
        [CellKind.Rnn] = new(
            (settings, input, random, name) => new RnnCell(input, settings.Hidden, random, settings.Activation, name),
            (_, input, h) => h * (input + h + 1),
            ValuesPerUnit: 1),
        [CellKind.Lstm] = new(
            (settings, input, random, name) => new LstmCell(input, settings.Hidden, random, name: name),
            (_, input, h) => 4 * h * (input + h + 1),
            ValuesPerUnit: 5),
        [CellKind.Gru] = new(
            (settings, input, random, name) => new GruCell(input, settings.Hidden, random, name: name),
            (_, input, h) => (3 * h * (input + h + 1)) + h,
            ValuesPerUnit: 4),
        [CellKind.MinGru] = new(
            (settings, input, random, name) => new MinGruCell(input, settings.Hidden, random, name: name),
            (_, input, h) => 2 * h * (input + 1),
            ValuesPerUnit: 2),
        [CellKind.MinLstm] = new(
            (settings, input, random, name) => new MinLstmCell(input, settings.Hidden, random, name: name),
            (_, input, h) => 3 * h * (input + 1),
            ValuesPerUnit: 3),
    };

    /// <summary>Makes a cell; without a generator its weights are left for a file to fill.</summary>
    public delegate Cell Create(LanguageModelSettings settings, int input, SeededRandom random, string name);

    /// <summary>The number of parameters of a cell from so many inputs to so many units.</summary>
    public delegate Int128 Count(LanguageModelSettings settings, Int128 input, Int128 hidden);

    /// <summary>The row of a kind.</summary>
    public static Row Of(CellKind kind) => Rows.TryGetValue(kind, out Row? row)
        ? row
        : throw new ArgumentOutOfRangeException(nameof(kind), kind, "This cell is not known.");

    /// <summary>What a model has to know of a kind of cell.</summary>
    /// <param name="Create">Makes a cell.</param>
    /// <param name="Count">Counts its parameters before it is made.</param>
    /// <param name="ValuesPerUnit">What a step of training keeps for each unit beside its output: gates, saved values and memory.</param>
    internal sealed record Row(Create Create, Count Count, int ValuesPerUnit);
}
