using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Numerics;

namespace Unfold.Tests.Layers;

/// <summary>The order of rows: every step of every sequence once, padding never, and even shares.</summary>
public sealed class SequencePackingTests
{
    public static MatrixTheoryData<Direction, int> Cases => new([Direction.Forward, Direction.Backward], [1, 2, 3, 17]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_step_of_every_sequence_has_one_row_in_the_order_of_the_direction(Direction direction, int batch)
    {
        const int time = 11;
        var random = new SeededRandom((ulong)batch);
        int[] lengths = [.. Enumerable.Range(0, batch).Select(_ => 1 + random.NextInt32(time))];
        var packing = new SequencePacking(new Tape(new Workers(1)), time, batch, lengths, direction);
        Assert.Equal(lengths.Sum(), packing.Rows);
        Assert.Equal(lengths.OrderDescending(), Enumerable.Range(0, batch).Select(packing.Length));
        Assert.Equal(Enumerable.Range(0, batch).OrderByDescending(row => lengths[row]), Enumerable.Range(0, batch).Select(packing.Sequence));
        var seen = new HashSet<int>();
        for (int step = 0; step < time; step++)
        {
            Assert.Equal(lengths.Count(length => length > step), packing.Active(step));
            for (int place = 0; place < packing.Active(step); place++)
            {
                int source = packing.Source[packing.First(step) + place], sequence = packing.Sequence(place);
                int t = direction == Direction.Forward ? step : lengths[sequence] - 1 - step;
                Assert.Equal((t * batch) + sequence, source);
                Assert.True(seen.Add(source));
            }
        }

        Assert.Equal(packing.Rows, seen.Count);
    }

    [Fact]
    public void Equal_lengths_forward_stay_where_they_are()
    {
        var packing = new SequencePacking(new Tape(new Workers(1)), 5, 3, lengths: null, Direction.Forward);
        Assert.True(packing.IsIdentity);
        Assert.Equal((15, 6, 3, 2, 5), (packing.Rows, packing.First(2), packing.Active(4), packing.Sequence(2), packing.Length(1)));
        Assert.False(new SequencePacking(new Tape(new Workers(1)), 5, 3, lengths: null, Direction.Backward).IsIdentity);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void The_shares_of_the_threads_cover_all_sequences_with_about_as_many_steps_each(int parts)
    {
        const int time = 50, batch = 23;
        var random = new SeededRandom(3);
        int[] lengths = [.. Enumerable.Range(0, batch).Select(_ => 1 + random.NextInt32(time))];
        var packing = new SequencePacking(new Tape(new Workers(1)), time, batch, lengths, Direction.Forward);
        int next = 0;
        for (int part = 0; part < parts; part++)
        {
            (int start, int end) = packing.Share(parts, part);
            Assert.Equal(next, start);
            next = end;
            int steps = Enumerable.Range(start, end - start).Sum(packing.Length);
            Assert.InRange(steps, (packing.Rows / parts) - time, (packing.Rows / parts) + time);
        }

        Assert.Equal(batch, next);
    }
}
