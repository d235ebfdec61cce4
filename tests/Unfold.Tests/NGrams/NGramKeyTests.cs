using Unfold.NGrams;
using Unfold.Numerics;

namespace Unfold.Tests.NGrams;

/// <summary>Packed n-grams against arrays of tokens.</summary>
public sealed class NGramKeyTests
{
    [Fact]
    public void A_key_holds_its_tokens_and_compares_like_them()
    {
        var random = new SeededRandom(5);
        for (int round = 0; round < 2000; round++)
        {
            int length = 1 + random.NextInt32(NGramKey.MaximumOrder);
            int[] one = Draw(random, length), other = Draw(random, length);
            one.AsSpan(0, random.NextInt32(length + 1)).CopyTo(other);
            NGramKey first = NGramKey.Of(one), second = NGramKey.Of(other);
            int same = one.AsSpan().CommonPrefixLength(other);

            Assert.Equal(one, Enumerable.Range(0, length).Select(place => first[place]));
            Assert.Equal(Math.Sign(one.AsSpan().SequenceCompareTo(other)), first.CompareTo(second));
            Assert.Equal(one.Reverse(), Enumerable.Range(0, length).Select(place => first.Reversed(length)[place]));
            Assert.Equal(NGramKey.Of(one.AsSpan(0, same)), first.Prefix(same));
            Assert.Equal(NGramKey.Of([7, .. one]).Prefix(length), first.Pushed(7).Prefix(length));
            if (same < length)
            {
                Assert.Equal(same, first.CommonPrefix(second));
            }
        }
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(64)]
    [InlineData(3)]
    public void A_sorter_adds_up_and_sorts_whatever_its_memory(int entries)
    {
        var random = new SeededRandom(6);
        var sorter = new NGramSorter(entries * 32L);
        var expected = new SortedDictionary<NGramKey, long>();
        for (int i = 0; i < 5000; i++)
        {
            NGramKey key = NGramKey.Of([random.NextInt32(20), random.NextInt32(20)]);
            expected[key] = expected.GetValueOrDefault(key) + 1 + (i % 3);
            sorter.Add(key, 1 + (i % 3));
        }

        Assert.Equal(expected.Select(entry => new CountedNGram(entry.Key, entry.Value)), sorter.Sorted());
        Assert.Equal(entries < 400, sorter.RunsOnDisk > 0);
    }

    [Fact]
    public void A_sorter_keeps_to_its_memory_also_where_it_merges_many_runs()
    {
        const int limit = 1 << 17, keys = 400_000;
        var sorter = new NGramSorter(limit);
        for (int i = 0; i < keys; i++)
        {
            sorter.Add(NGramKey.Of([(int)(i * 7919L % keys)]), 1);
        }

        Assert.InRange(sorter.RunsOnDisk, 50, 1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int next = 0, wrong = 0;
        foreach (CountedNGram entry in sorter.Sorted())
        {
            wrong += entry.Key[0] == next++ && entry.Count == 1 ? 0 : 1;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * limit);
        Assert.Equal((keys, 0), (next, wrong));
    }

    [Fact]
    public void A_sorter_says_where_it_wants_space()
    {
        var sorter = new NGramSorter(64, Path.Combine(Path.GetTempPath(), "no such folder", "at all"));
        UnfoldException refusal = Assert.Throws<UnfoldException>(() =>
        {
            for (int i = 0; i < 9; i++)
            {
                sorter.Add(NGramKey.Of([i]), 1);
            }
        });
        Assert.Contains("no such folder", refusal.Message, StringComparison.Ordinal);
    }

    private static int[] Draw(SeededRandom random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => random.NextInt32(2) == 0 ? random.NextInt32(3) : random.NextInt32(NGramKey.MaximumVocabulary))];
}
