using System.Collections.Concurrent;

namespace Unfold.Autograd;

/// <summary>Scratch memory that the calls of a model leave to later ones, so that a short call does not allocate what it computes in. Any number of threads share it.</summary>
internal sealed class ArenaPool
{
    // What an arena may hold from one call to the next, in values: 16 MiB.
    private const long KeptValues = 1 << 22;

    private readonly ConcurrentBag<Arena> _idle = [];

    /// <summary>An arena that nobody else uses.</summary>
    public Arena Take() => _idle.TryTake(out Arena? idle) ? idle : new Arena();

    /// <summary>Takes an arena back; a large one is left to the collector.</summary>
    public void Return(Arena arena)
    {
        arena.Reset();
        if (arena.Held <= KeptValues)
        {
            _idle.Add(arena);
        }
    }
}
