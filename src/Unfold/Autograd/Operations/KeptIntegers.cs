using System.Runtime.InteropServices;

namespace Unfold.Autograd.Operations;

/// <summary>Row numbers or lengths that an operation keeps for its backward half, in the scratch memory of the tape.</summary>
internal readonly struct KeptIntegers(Tape tape, int count)
{
    private readonly Memory<float> _memory = tape.Scratch(count);

    /// <summary>The integers, undefined until they are written: the bits of single-precision values serve as memory.</summary>
    public Span<int> Values => MemoryMarshal.Cast<float, int>(_memory.Span);

    /// <summary>Keeps one length for each sequence of a batch.</summary>
    /// <exception cref="ArgumentException">There is not one length a sequence, or one is outside <paramref name="lowest"/> .. <paramref name="highest"/>.</exception>
    public static KeptIntegers Lengths(Tape tape, IReadOnlyList<int> lengths, int batch, int lowest, int highest, string operation)
    {
        if (lengths.Count != batch)
        {
            throw new ArgumentException($"{operation}: there must be one length for each of the {batch} sequences; found {lengths.Count}.", nameof(lengths));
        }

        var kept = new KeptIntegers(tape, batch);
        for (int row = 0; row < batch; row++)
        {
            int length = lengths[row];
            kept.Values[row] = length >= lowest && length <= highest
                ? length
                : throw new ArgumentException($"{operation}: the length of sequence {row} must be from {lowest} to {highest}; found {length}.", nameof(lengths));
        }

        return kept;
    }
}
