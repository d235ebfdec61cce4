using Unfold.Autograd;

namespace Unfold.Tests.Autograd;

public sealed class ArenaTests
{
    [Fact]
    public void Growing_steps_do_not_hoard_memory_and_steady_ones_need_no_more()
    {
        const int unit = 30_000;
        var arena = new Arena();
        for (int length = 1; length <= 200; length++)
        {
            Fill(arena, length);
        }

        Assert.InRange(arena.Held, 200L * unit, 500L * unit);
        Fill(arena, 200);
        long held = arena.Held;
        Fill(arena, 3);
        Fill(arena, 200);
        Assert.Equal(held, arena.Held);

        static void Fill(Arena arena, int length)
        {
            Memory<float> first = arena.Allocate(length * unit / 2), second = arena.Allocate(length * unit / 2);
            first.Span.Fill(1);
            second.Span.Fill(2);
            Assert.Equal(1, first.Span[^1]);
            arena.Reset();
        }
    }
}
