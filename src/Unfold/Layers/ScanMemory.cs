using Unfold.Cells;

namespace Unfold.Layers;

/// <summary>What a run of recurrent layers over a batch takes: T steps of B sequences, N rows without the padding.</summary>
internal static class ScanMemory
{
    /// <summary>The most values of one array, without what an arena may add for its alignment.</summary>
    public const int LargestArray = 0x7FFF_0000;

    /// <summary>Throws where a step of training would need a larger array than there is, or more memory than the machine has.</summary>
    /// <exception cref="UnfoldException">It would; the sentence says what to lower.</exception>
    public static void RequireTraining(StackedLayers stack, IReadOnlyList<int> lengths)
    {
        (int time, int batch) = (lengths.Max(), lengths.Count);
        Int128 rows = lengths.Sum(length => (long)length), bytes = 0;
        foreach (Cell cell in stack.Layers.SelectMany(CellsOf))
        {
            RequireArrays(cell, time, batch, rows);
            bytes += sizeof(float) * Values(cell, time, batch, rows);
        }

        MachineMemory.Require(bytes, Batch(time, batch), Advice, " in the recurrent layers");
    }

    /// <summary>Throws where a run would need a larger array than there is.</summary>
    /// <exception cref="UnfoldException">It would; the sentence says what to lower.</exception>
    public static void RequireArrays(Cell cell, int time, int batch, Int128 rows)
    {
        Int128 states = Int128.Max(rows + batch, (Int128)time * batch);
        int widest = Math.Max(cell.HiddenSize, cell.MemorySize);
        Int128 largest = Int128.Max(states * widest, cell is FusedCell fused ? rows * Math.Max(fused.GatesWidth, Math.Max(fused.SavedWidth, fused.NoiseWidth)) : 0);
        if (largest > LargestArray)
        {
            throw new UnfoldException(FormattableString.Invariant(
                $"{Batch(time, batch)} needs {largest:N0} values ({MachineMemory.Shown(largest * sizeof(float))}) in one array of {cell}, and one array holds at most {LargestArray:N0}: {Advice}."));
        }
    }

    private const string Advice = "cut the sequences into shorter ones, or lower the batch size or the hidden size";

    /// <summary>Gates, saved values and memory of each row, and the outputs with their gradients.</summary>
    private static Int128 Values(Cell cell, int time, int batch, Int128 rows) =>
        ((Int128)2 * time * batch * cell.HiddenSize) + (cell is FusedCell fused ? rows * ((Int128)fused.GatesWidth + fused.SavedWidth + cell.MemorySize) : 0);

    private static IEnumerable<Cell> CellsOf(SequenceLayer layer) => layer switch
    {
        Recurrent recurrent => [recurrent.Cell],
        Bidirectional both => [both.ForwardCell, both.BackwardCell],
        _ => [],
    };

    private static string Batch(int time, int batch) => FormattableString.Invariant(
        $"A batch of {batch:N0} sequence{(batch == 1 ? "" : "s")} of {(batch == 1 ? "" : "up to ")}{time:N0} steps");
}
