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
    /// <summary>The most lines of a block.</summary>
    internal const int LinesAtOnce = 256;

    /// <summary>The most characters that wait or stand in a block, but for one line that is longer alone: a line may have 2^24, and a small packed file thousands of such.</summary>
    private const int CharactersAtOnce = 1 << 22;

    /// <summary>What stands for standard input.</summary>
    public const string Input = "-";

    /// <summary>What messages call standard input.</summary>
    public const string InputName = "standard input";

    private readonly IEnumerable<string> _lines;

    /// <summary>The share that the reading thread has come to.</summary>
    private double? _read;

    /// <summary>Makes sure that the file can be read.</summary>
    /// <param name="terminal">Where standard input comes from.</param>
    /// <param name="file">A file, or - for standard input.</param>
    /// <exception cref="UnfoldException">The file cannot be read.</exception>
    public ArrivingLines(Terminal terminal, string file)
    {
        Name = file == Input ? InputName : file;

        // Not held open before it is read: where a model is refused meanwhile, nobody would close it, and on Windows it could not be deleted.
        _lines = file == Input ? TextLines.Of(terminal.OpenInput(), Name) : TextLines.OfFiles([file], share => _read = share);
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>The share of the file that stands in the blocks so far, in (0, 1]; null where its length is not known, as of a pipe.</summary>
    public double? Share { get; private set; }

    /// <summary>The lines one by one, for a verb that answers each: the share that is read is shown on the way, and what is written goes out before more is waited for.</summary>
    /// <param name="terminal">Where the answers go.</param>
    /// <param name="progress">Shows the share; null where nothing is shown.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public IEnumerable<string> Each(Terminal terminal, ProgressLine? progress, CancellationToken cancellation)
    {
        foreach (IReadOnlyList<string> block in Blocks(cancellation))
        {
            if (Share is { } share)
            {
                progress?.Show(share);
            }

            foreach (string line in block)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return line;
            }

            terminal.Output.Flush();
        }
    }

    /// <summary>As <see cref="Each"/>, with what is answered to each line; where that fails the place of the line is told.</summary>
    /// <param name="terminal">Where the answers go.</param>
    /// <param name="progress">Shows the share; null where nothing is shown.</param>
    /// <param name="answer">Answers a line.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public IEnumerable<(string Line, T Answer)> Answered<T>(Terminal terminal, ProgressLine? progress, Func<string, T> answer, CancellationToken cancellation)
    {
        long number = 0;
        T At(string line)
        {
            number++;
            try
            {
                return answer(line);
            }
            catch (UnfoldException failure)
            {
                throw failure.After(FormattableString.Invariant($"Line {number} of {Name}: "));
            }
        }

        return Each(terminal, progress, cancellation).Select(line => (line, At(line)));
    }

    /// <summary>Reads lines on a thread of their own; the blocks keep their order.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    public IEnumerable<IReadOnlyList<string>> Blocks(CancellationToken cancellation)
    {
        // The thread may still wait in a read when the command is over, so it is never joined and nothing of it is disposed.
        var arrived = new BlockingCollection<(string Line, double? Share)>(2 * LinesAtOnce);
        var taken = new AutoResetEvent(initialState: false);
        long waiting = 0;
        Exception? failure = null;
        var reader = new Thread(() =>
        {
            try
            {
                foreach (string line in _lines)
                {
                    // What is taken between the look and the wait has set the event, which then ends the wait at once.
                    while (Volatile.Read(ref waiting) is > 0 and var ahead && ahead + line.Length > CharactersAtOnce)
                    {
                        WaitHandle.WaitAny([taken, cancellation.WaitHandle]);
                        cancellation.ThrowIfCancellationRequested();
                    }

                    Interlocked.Add(ref waiting, line.Length);
                    arrived.Add((line, _read), cancellation);
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
        string Take((string Line, double? Share) next)
        {
            Share = next.Share;
            Interlocked.Add(ref waiting, -next.Line.Length);
            taken.Set();
            return next.Line;
        }

        while (arrived.TryTake(out (string Line, double? Share) first, Timeout.Infinite, cancellation))
        {
            List<string> block = [Take(first)];
            long characters = first.Line.Length;
            while (block.Count < LinesAtOnce && characters < CharactersAtOnce && arrived.TryTake(out (string Line, double? Share) next))
            {
                block.Add(Take(next));
                characters += next.Line.Length;
            }

            yield return block;
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}
