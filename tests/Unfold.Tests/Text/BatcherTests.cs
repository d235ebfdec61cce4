using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Text;

public class BatcherTests
{
    private const int B = 3, T = 4;

    private static TokenStore Counting(int count) => TokenStore.FromTokens([.. Enumerable.Range(0, count)], Math.Max(1, count));

    [Fact]
    public void Streams_go_on_where_they_ended()
    {
        // 29 tokens: streams of 28 / 3 = 9 inputs, 2 batches of 4 steps an epoch.
        StreamBatcher batcher = new(Counting(29), B, T);
        Assert.Equal(2, batcher.StepsPerEpoch);
        int[] inputs = new int[T * B], targets = new int[T * B];
        bool[] begins = new bool[5];
        for (int step = 0; step < 5; step++)
        {
            begins[step] = batcher.Next(inputs, targets);
            int[] expected = [.. from t in Enumerable.Range(0, T) from b in Enumerable.Range(0, B) select (b * 9) + (step % 2 * T) + t];
            Assert.Equal(expected, inputs);
            Assert.Equal(expected.Select(token => token + 1), targets);
        }

        Assert.Equal([true, false, true, false, true], begins);
    }

    [Fact]
    public void An_epoch_of_streams_uses_all_tokens_but_the_tail()
    {
        StreamBatcher batcher = new(Counting(1_000), 7, 13);
        HashSet<int> seen = [];
        int[] inputs = new int[91], targets = new int[91];
        for (long step = 0; step < batcher.StepsPerEpoch; step++)
        {
            batcher.Next(inputs, targets);
            Assert.All(inputs, token => Assert.True(seen.Add(token)));
        }

        Assert.True(seen.Count > 1_000 - 1 - 91 - 7);
        Assert.Equal(batcher.StepsPerEpoch * 91, seen.Count);
    }

    [Fact]
    public void The_smallest_text_fills_one_batch()
    {
        StreamBatcher streams = new(Counting((B * T) + 1), B, T);
        int[] inputs = new int[T * B], targets = new int[T * B];
        Assert.True(streams.Next(inputs, targets));
        Assert.True(streams.Next(inputs, targets));
        Assert.Equal((B * T), targets.Max());
        WindowBatcher windows = new(Counting(T + 1), B, T, new SeededRandom(1));
        Assert.True(windows.Next(inputs, targets));
        Assert.Equal(Enumerable.Range(0, T).SelectMany(t => Enumerable.Repeat(t + 1, B)), targets);
    }

    [Fact]
    public void Windows_come_from_everywhere_evenly()
    {
        WindowBatcher batcher = new(Counting(14), B, T, new SeededRandom(3));
        int[] inputs = new int[T * B], targets = new int[T * B], starts = new int[14];
        for (int step = 0; step < 4_000; step++)
        {
            Assert.Equal(step % batcher.StepsPerEpoch == 0, batcher.Next(inputs, targets));
            for (int b = 0; b < B; b++)
            {
                starts[inputs[b]]++;
                Assert.Equal(inputs[b] + T - 1, inputs[((T - 1) * B) + b]);
                Assert.Equal(inputs[b] + T, targets[((T - 1) * B) + b]);
            }
        }

        // 12,000 windows over 10 starts: 1,200 each, standard deviation 33.
        Assert.All(starts[..10], count => Assert.InRange(count, 1_035, 1_365));
        Assert.All(starts[10..], count => Assert.Equal(0, count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_restored_batcher_goes_on_with_the_same_batches(bool windows)
    {
        TokenStore store = Counting(200);
        Batcher Create(ulong seed) => windows ? new WindowBatcher(store, B, T, new SeededRandom(seed)) : new StreamBatcher(store, B, T);
        Batcher first = Create(5);
        int[] inputs = new int[T * B], targets = new int[T * B], inputs2 = new int[T * B], targets2 = new int[T * B];
        for (int step = 0; step < 40; step++)
        {
            Batcher second = Create(6);
            byte[] state = new byte[first.StateBytes];
            first.WriteState(state);
            second.ReadState(state);
            Assert.Equal(first.Next(inputs, targets), second.Next(inputs2, targets2));
            Assert.Equal(inputs, inputs2);
            Assert.Equal(targets, targets2);
        }
    }

    [Fact]
    public void A_foreign_cursor_is_refused()
    {
        StreamBatcher batcher = new(Counting(29), B, T);
        Assert.Throws<UnfoldException>(() => batcher.ReadState(new byte[7]));
        Assert.Contains("batch 3, but an epoch of this text has 2", Assert.Throws<UnfoldException>(() => batcher.ReadState([3, 0, 0, 0, 0, 0, 0, 0])).Message, StringComparison.Ordinal);
        Assert.Throws<UnfoldException>(() => batcher.ReadState([0, 0, 0, 0, 0, 0, 0, 0x80]));
        Assert.Throws<UnfoldException>(() => new WindowBatcher(Counting(29), B, T, new SeededRandom(1)).ReadState(new byte[40]));
    }

    [Fact]
    public void A_short_text_is_refused_with_numbers()
    {
        Assert.Equal(
            "The training part has 30 tokens, but a batch of 50 streams of 40 steps needs at least 2001; lower the batch size or the sequence length.",
            Assert.Throws<UnfoldException>(() => new StreamBatcher(Counting(30), 50, 40)).Message);
        Assert.Contains("has 40 tokens, but a window of 40 steps needs at least 41", Assert.Throws<UnfoldException>(() => new WindowBatcher(Counting(40), 50, 40, new SeededRandom(1))).Message, StringComparison.Ordinal);
        Assert.Throws<UnfoldException>(() => new StreamBatcher(Counting(0), int.MaxValue, int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamBatcher(Counting(30), 0, 4));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        Batcher batcher = new WindowBatcher(Counting(200), B, T, new SeededRandom(1));
        int[] inputs = new int[T * B], targets = new int[T * B];
        batcher.Next(inputs, targets);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 1_000; step++)
        {
            batcher.Next(inputs, targets);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
