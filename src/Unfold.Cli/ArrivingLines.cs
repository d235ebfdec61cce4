using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Unfold.Cli;

/// <summary>
/// Lines in blocks: what has arrived by the time the last block is done. So a writer that waits for its answer gets one for each line,
/// and a file comes in blocks that are worth sharing work in.
/// </summary>
internal static class ArrivingLines
{
    /// <summary>Reads lines on a thread of their own; the blocks keep their order.</summary>
    /// <param name="lines">Where they come from.</param>
    /// <param name="most">The most lines of a block.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static IEnumerable<IReadOnlyList<string>> Blocks(IEnumerable<string> lines, int most, CancellationToken cancellation)
    {
        // The thread may still wait in a read when the command is over, so it is never joined and nothing of it is disposed.
        var arrived = new BlockingCollection<string>(2 * most);
        Exception? failure = null;
        var reader = new Thread(() =>
        {
            try
            {
                foreach (string line in lines)
                {
                    arrived.Add(line, cancellation);
                }
            }
            catch (Exception caught)
            {
                failure = caught;
            }

            arrived.CompleteAdding();
        })
        { IsBackground = true };
        reader.Start();
        while (arrived.TryTake(out string? first, Timeout.Infinite, cancellation))
        {
            List<string> block = [first];
            while (block.Count < most && arrived.TryTake(out string? next))
            {
                block.Add(next);
            }

            yield return block;
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}
