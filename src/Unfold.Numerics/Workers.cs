using System.Runtime.ExceptionServices;

namespace Unfold.Numerics;

/// <summary>
/// A fixed team of threads that run the parts of one job side by side. The caller is one of them, so a team of one
/// starts no thread. Nothing has to be disposed: the threads end when the team is no longer reachable.
/// </summary>
/// <remarks>
/// The parts of a job must write to places of their own, and each result must be computed wholly inside one part; then the
/// numbers are the same whatever the size of the team. One job runs at a time; a job must not start another.
/// </remarks>
public sealed class Workers
{
    // Longer than the serial gaps inside a training step, shorter than a time slice. A team with more threads than there are
    // cores does without: there a spinning thread only keeps a working one from its core.
    private const int Spins = 2000;

    private readonly Team _team;
    private readonly AlignedBuffer[] _scratch;

    /// <summary>Starts a team.</summary>
    /// <param name="count">The number of threads, the caller included; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1 or above 1024.</exception>
    public Workers(int count)
        : this(count, count <= Environment.ProcessorCount ? Spins : 0)
    {
    }

    /// <summary>Starts a team whose threads look for a job so many times before they sleep.</summary>
    internal Workers(int count, int spins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1024);
        Count = count;
        _scratch = new AlignedBuffer[count];
        for (int part = 0; part < count; part++)
        {
            _scratch[part] = new AlignedBuffer();
        }

        _team = new Team(count, spins);
    }

    /// <summary>Tells the threads to end once nobody can start a job any more; a refused count has started none.</summary>
    ~Workers() => _team?.Stop();

    /// <summary>The number of threads, the caller included.</summary>
    public int Count { get; }

    /// <summary>Runs <paramref name="body"/> for each part 0 .. Count-1 and returns when all are done.</summary>
    /// <remarks>Where parts fail, one failure is thrown as it was, part 0's before the others', once all parts have ended.</remarks>
    /// <exception cref="InvalidOperationException">A job of this team is running, on another thread or around this one.</exception>
    public void Run(Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        _team.Run(body);

        // The scratch memory of the parts must outlive the job.
        GC.KeepAlive(this);
    }

    /// <summary>
    /// The share of <paramref name="total"/> items that falls to a part: contiguous, in order, a multiple of
    /// <paramref name="granularity"/> but for the last, and as equal as that allows.
    /// </summary>
    public (int Start, int End) Share(int total, int part, int granularity = 1)
    {
        int units = (total + granularity - 1) / granularity;
        int start = (int)((long)units * part / Count) * granularity;
        int end = (int)((long)units * (part + 1) / Count) * granularity;
        return (Math.Min(start, total), Math.Min(end, total));
    }

    /// <summary>Memory that the kernels of one part use while a job runs.</summary>
    internal AlignedBuffer Scratch(int part) => _scratch[part];

    /// <summary>What the threads share; it does not refer to the <see cref="Workers"/>, so that one can be collected.</summary>
    private sealed class Team
    {
        private readonly int _spins;
        private readonly SemaphoreSlim[] _wake;
        private readonly int[] _asleep;
        private Action<int>? _body;
        private ExceptionDispatchInfo? _failure;
        private int _busy;
        private int _job;
        private int _remaining;
        private bool _stopped;

        public Team(int count, int spins)
        {
            _spins = spins;
            _wake = new SemaphoreSlim[count];
            _asleep = new int[count];
            _wake[0] = new SemaphoreSlim(0);
            for (int part = 1; part < count; part++)
            {
                _wake[part] = new SemaphoreSlim(0);
                int mine = part;
                new Thread(() => Serve(mine)) { IsBackground = true, Name = $"unfold worker {part}" }.Start();
            }
        }

        public void Run(Action<int> body)
        {
            if (Interlocked.Exchange(ref _busy, 1) == 1)
            {
                throw new InvalidOperationException("A team of workers runs one job at a time: give each thread a team of its own, and start no job inside a job.");
            }

            try
            {
                _failure = null;
                _body = body;
                _remaining = _wake.Length - 1;
                Interlocked.Increment(ref _job);
                WakeAll();
                try
                {
                    body(0);
                }
                finally
                {
                    AwaitTheOthers();
                    _body = null;
                }

                _failure?.Throw();
            }
            finally
            {
                Volatile.Write(ref _busy, 0);
            }
        }

        public void Stop()
        {
            Volatile.Write(ref _stopped, true);
            Interlocked.Increment(ref _job);
            WakeAll();
        }

        private void WakeAll()
        {
            for (int part = 1; part < _wake.Length; part++)
            {
                Wake(part);
            }
        }

        private void Wake(int part)
        {
            if (Interlocked.Exchange(ref _asleep[part], 0) == 1)
            {
                _wake[part].Release();
            }
        }

        private void Serve(int part)
        {
            int seen = 0;
            while (true)
            {
                AwaitJob(part, seen);
                seen++;
                if (Volatile.Read(ref _stopped))
                {
                    return;
                }

                try
                {
                    _body!(part);
                }
                catch (Exception failure)
                {
                    Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
                }

                if (Interlocked.Decrement(ref _remaining) == 0)
                {
                    Wake(0);
                }
            }
        }

        private void AwaitTheOthers()
        {
            for (int spin = 0; spin < _spins; spin++)
            {
                if (Volatile.Read(ref _remaining) == 0)
                {
                    return;
                }

                Thread.SpinWait(8);
            }

            while (Volatile.Read(ref _remaining) != 0)
            {
                Interlocked.Exchange(ref _asleep[0], 1);
                SleepUnless(0, Volatile.Read(ref _remaining) == 0);
            }
        }

        private void AwaitJob(int part, int seen)
        {
            for (int spin = 0; spin < _spins; spin++)
            {
                if (Volatile.Read(ref _job) != seen)
                {
                    return;
                }

                Thread.SpinWait(8);
            }

            while (Volatile.Read(ref _job) == seen)
            {
                Interlocked.Exchange(ref _asleep[part], 1);
                SleepUnless(part, Volatile.Read(ref _job) != seen);
            }
        }

        // The sleep is announced before the last look: what happens in between either sees the announcement and releases the
        // semaphore, or was seen by that look. Whoever takes the announcement back decides. A waker that was stopped between
        // the event and its look at the announcement may find a later one and wake for nothing: a sleeper looks again.
        private void SleepUnless(int part, bool happened)
        {
            if (!happened || Interlocked.Exchange(ref _asleep[part], 0) == 0)
            {
                _wake[part].Wait();
            }
        }
    }
}
