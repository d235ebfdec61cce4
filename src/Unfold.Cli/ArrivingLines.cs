using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Unfold.Text;

namespace Unfold.Cli;

/// <summary>
/// Lines of a file or of standard input in blocks: what has arrived by the time the last block is done. So a writer that waits for its answer gets one for each line,
/// and a file comes in blocks that are worth sharing work in.
/// </summary>
internal sealed class ArrivingLines
{
    private readonly IEnumerable<string> _lines;
    private double _share;

    /// <summary>Opens the file.</summary>
    /// <param name="terminal">Where standard input comes from.</param>
    /// <param name="file">A file, or - for standard input.</param>
    /// <exception cref="UnfoldException">The file cannot be read.</exception>
    public ArrivingLines(Terminal terminal, string file)
    {
        IsStream = file == "-";
        Name = IsStream ? "standard input" : file;
        _lines = IsStream ? TextLines.Of(terminal.OpenInput(), Name) : TextLines.OfFile(file, share => Volatile.Write(ref _share, share));
    }

    /// <summary>Whether they come from standard input, whose length cannot be known.</summary>
    public bool IsStream { get; }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>The share of the file that has been read, in [0, 1]; 0 for standard input.</summary>
    public double Share => Volatile.Read(ref _share);

    /// <summary>Reads lines on a thread of their own; the blocks keep their order.</summary>
    /// <param name="most">The most lines of a block.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public IEnumerable<IReadOnlyList<string>> Blocks(int most, CancellationToken cancellation)
    {
        // The thread may still wait in a read when the command is over, so it is never joined and nothing of it is disposed.
        var arrived = new BlockingCollection<string>(2 * most);
        Exception? failure = null;
        var reader = new Thread(() =>
        {
            try
            {
                foreach (string line in _lines)
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
