namespace Unfold.Generation;

/// <summary>
/// Takes tokens in falling order of their logits, the lower number first among equals, without sorting the ones
/// that are never asked for: a binary heap built in O(V), with O(log V) for every token taken.
/// </summary>
internal static class LogitOrder
{
    /// <summary>
    /// A key that orders tokens: the smaller key has the higher logit, or the same logit and the lower number.
    /// The logit must not be NaN.
    /// </summary>
    public static ulong Key(float logit, int token)
    {
        // Adding zero turns -0 into +0, so that they tie. The bits of positive floats order like integers; those of
        // negative ones backwards.
        uint bits = BitConverter.SingleToUInt32Bits(logit + 0f);
        uint rising = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return ((ulong)~rising << 32) | (uint)token;
    }

    /// <summary>The token inside a key.</summary>
    public static int Token(ulong key) => (int)(uint)key;

    /// <summary>Arranges keys as a heap with the smallest key first.</summary>
    public static void Build(Span<ulong> keys)
    {
        for (int i = (keys.Length / 2) - 1; i >= 0; i--)
        {
            SiftDown(keys, i);
        }
    }

    /// <summary>Takes the smallest key out of the heap; the heap then is one shorter, and the key lies in the place set free at its end.</summary>
    public static ulong Take(Span<ulong> heap)
    {
        ulong smallest = heap[0];
        heap[0] = heap[^1];
        SiftDown(heap[..^1], 0);
        heap[^1] = smallest;
        return smallest;
    }

    private static void SiftDown(Span<ulong> heap, int at)
    {
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= heap.Length)
            {
                return;
            }

            if (child + 1 < heap.Length && heap[child + 1] < heap[child])
            {
                child++;
            }

            if (heap[at] <= heap[child])
            {
                return;
            }

            (heap[at], heap[child]) = (heap[child], heap[at]);
            at = child;
        }
    }
}
