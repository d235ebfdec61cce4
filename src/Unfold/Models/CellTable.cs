using Unfold.Cells;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>The cells that a <see cref="LanguageModel"/> can be made of: a row for each <see cref="CellKind"/>.</summary>
internal static class CellTable
{
    // A composed step keeps the result and the gradient of each small operation; this is about what a gated cell comes to.
    private const int ValuesOfSmallOperations = 24;

    private static readonly Dictionary<CellKind, Row> Rows = new()
    {
        [CellKind.Rnn] = new(
            (settings, input, hidden, random, name) => new RnnCell(input, hidden, random!, settings.Activation, name),
            (_, input, h) => h * (input + h + 1),
            (_, h) => h,
            Whole,
            None),
        [CellKind.Lstm] = new(
            (settings, input, hidden, random, name) => settings.Lstm.IsPlain
                ? new LstmCell(input, hidden, random!, (float)settings.Lstm.ForgetBias, name)
                : new ExtendedLstmCell(input, hidden, random!, settings.Lstm, name),
            (settings, input, h) => ExtendedLstmCell.CountParameters(settings.Lstm, input, h),
            (settings, h) => settings.Lstm.IsPlain ? (Int128)5 * h : ExtendedLstmCell.CountKept(settings.Lstm, h),
            (settings, h) => settings.Lstm.OutputSize(h),
            Whole),
        [CellKind.Gru] = new(
            (_, input, hidden, random, name) => new GruCell(input, hidden, random!, name: name),
            (_, input, h) => (3 * h * (input + h + 1)) + h,
            (_, h) => (Int128)4 * h,
            Whole,
            None),
        [CellKind.MinGru] = new(
            (_, input, hidden, random, name) => new MinGruCell(input, hidden, random!, name: name),
            (_, input, h) => 2 * h * (input + 1),
            (_, h) => (Int128)2 * h,
            Whole,
            None),
        [CellKind.MinLstm] = new(
            (_, input, hidden, random, name) => new MinLstmCell(input, hidden, random!, name: name),
            (_, input, h) => 3 * h * (input + 1),
            (_, h) => (Int128)3 * h,
            Whole,
            None),
        [CellKind.Jordan] = new(
            (_, input, hidden, random, name) => new JordanCell(input, hidden, hidden, random!, name: name),
            (_, input, h) => h * (input + (2 * h) + 2),
            (_, h) => (Int128)3 * h,
            Whole,
            None),
        [CellKind.Custom] = new(
            CreateCustom,
            (settings, input, h) => CreateCustom(settings, (int)Int128.Min(input, int.MaxValue), (int)h, random: null, "cell").Parameters.Sum(parameter => (long)parameter.Shape.Length),
            (_, h) => (Int128)ValuesOfSmallOperations * h,
            Whole,
            (settings, h) => CreateCustom(settings, 1, h, random: null, "cell").MemorySize),
    };

    /// <summary>Makes a cell; without a generator its weights are left for a file to fill.</summary>
    public delegate Cell Create(LanguageModelSettings settings, int input, int hidden, SeededRandom? random, string name);

    /// <summary>The number of parameters of a cell from so many inputs to so many units.</summary>
    public delegate Int128 Count(LanguageModelSettings settings, Int128 input, Int128 hidden);

    /// <summary>The number of values that a step of training keeps for one row of a layer of so many units, beside its output.</summary>
    public delegate Int128 Kept(LanguageModelSettings settings, int hidden);

    /// <summary>A width of the state of a layer of so many units.</summary>
    public delegate int Width(LanguageModelSettings settings, int hidden);

    /// <summary>The row of a kind.</summary>
    public static Row Of(CellKind kind) => Rows.TryGetValue(kind, out Row? row)
        ? row
        : throw new ArgumentOutOfRangeException(nameof(kind), kind, "This cell is not known.");

    private static int Whole(LanguageModelSettings settings, int hidden) => hidden;

    private static int None(LanguageModelSettings settings, int hidden) => 0;

    private static Cell CreateCustom(LanguageModelSettings settings, int input, int hidden, SeededRandom? random, string name)
    {
        Cell? made = settings.CustomCell!(input, hidden, random, name);
        return made is not null && made.InputSize == input && made.HiddenSize == hidden
            ? made
            : throw new UnfoldException($"{nameof(LanguageModelSettings.CustomCell)} must make a cell from {input} inputs to {hidden} outputs; it made {made?.ToString() ?? "none"}.");
    }

    /// <summary>What a model has to know of a kind of cell.</summary>
    /// <param name="Create">Makes a cell.</param>
    /// <param name="Count">Counts its parameters before it is made.</param>
    /// <param name="Kept">Counts what a step of training keeps beside its output: gates, saved values and memory.</param>
    /// <param name="Output">The width of its output.</param>
    /// <param name="Memory">The width of its state that is not output; 0 where all of the state is output.</param>
    internal sealed record Row(Create Create, Count Count, Kept Kept, Width Output, Width Memory);
}
