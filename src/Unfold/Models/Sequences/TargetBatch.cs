using Unfold.Autograd;
using Unfold.Autograd.Operations;

namespace Unfold.Models;

/// <summary>The targets of a batch as a decoder is taught them: what it reads, what it is to write, and where padding lies.</summary>
internal sealed class TargetBatch
{
    private readonly int[]? _rows;

    /// <summary>Numbers symbols.</summary>
    /// <param name="targets">The symbols of each sequence of the batch.</param>
    /// <param name="symbols">Their numbers.</param>
    /// <param name="end">The number of the end, which is read first and written last.</param>
    public TargetBatch(IReadOnlyList<IReadOnlyList<string>> targets, SymbolTable symbols, int end)
    {
        int batch = targets.Count, time = targets.Max(target => target.Count) + 1;
        bool equal = targets.All(target => target.Count == time - 1);
        Inputs = new int[checked(time * batch)];
        Array.Fill(Inputs, -1);
        var written = new List<int>(Inputs.Length);
        var rows = new List<int>(Inputs.Length);
        for (int t = 0; t < time; t++)
        {
            for (int b = 0; b < batch; b++)
            {
                if (t <= targets[b].Count)
                {
                    int row = (t * batch) + b;
                    Inputs[row] = t == 0 ? end : symbols[targets[b][t - 1]];
                    written.Add(t == targets[b].Count ? end : symbols[targets[b][t]]);
                    rows.Add(row);
                }
            }
        }

        Targets = [.. written];
        Lengths = equal ? null : [.. targets.Select(target => target.Count + 1)];
        _rows = equal ? null : [.. rows];
    }

    /// <summary>T * B symbols that are read, in order of time; -1 past the end.</summary>
    public int[] Inputs { get; }

    /// <summary>The symbols that are to be written, step by step and without padding.</summary>
    public int[] Targets { get; }

    /// <summary>For each sequence its number of symbols with the end; null where all have T.</summary>
    public IReadOnlyList<int>? Lengths { get; }

    /// <summary>The rows of (T, B, F) that are no padding, in the order of <see cref="Targets"/>.</summary>
    public Tensor WithoutPadding(Tape tape, Tensor values) => _rows is null ? values : tape.SelectRows(values, _rows);
}
