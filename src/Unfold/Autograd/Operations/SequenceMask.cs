namespace Unfold.Autograd.Operations;

/// <summary>Masks of sequence batches: one value for each row of a tensor (T, B, F).</summary>
public static class SequenceMask
{
    /// <summary>Writes 1 for each step within its sequence and 0 for the padding after it: value t * B + b is 1 where t &lt; lengths[b].</summary>
    /// <param name="lengths">For each of B sequences its number of steps, 0 .. T.</param>
    /// <param name="time">T.</param>
    /// <param name="mask">T * B values that are written.</param>
    /// <exception cref="ArgumentException">A length is outside 0 .. T, or the mask has not T * B values.</exception>
    public static void Write(IReadOnlyList<int> lengths, int time, Span<float> mask)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        int batch = lengths.Count;
        if (mask.Length != (long)time * batch)
        {
            throw new ArgumentException($"{nameof(SequenceMask)}: the mask of {time} steps of {batch} sequences has {(long)time * batch} values; found {mask.Length}.", nameof(mask));
        }

        for (int row = 0; row < batch; row++)
        {
            if (lengths[row] < 0 || lengths[row] > time)
            {
                throw new ArgumentException($"{nameof(SequenceMask)}: the length of sequence {row} must be from 0 to {time}; found {lengths[row]}.", nameof(lengths));
            }

            for (int t = 0; t < time; t++)
            {
                mask[(t * batch) + row] = t < lengths[row] ? 1 : 0;
            }
        }
    }

    /// <summary>A new mask, as <see cref="Write"/> writes it.</summary>
    /// <param name="lengths">For each of B sequences its number of steps, 0 .. T.</param>
    /// <param name="time">T.</param>
    /// <returns>T * B values.</returns>
    public static float[] Create(IReadOnlyList<int> lengths, int time)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentOutOfRangeException.ThrowIfNegative(time);
        var mask = new float[checked(time * lengths.Count)];
        Write(lengths, time, mask);
        return mask;
    }
}
