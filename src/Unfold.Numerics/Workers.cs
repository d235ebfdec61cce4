using System.Runtime.ExceptionServices;

namespace Unfold.Numerics;

/// <summary>
/// A fixed team of threads that run the parts of one job side by side. The caller is one of them, so a team of one
/// starts no thread. Nothing has to be disposed: the threads end when the team is no longer reachable.
/// </summary>
/// <remarks>
/// The parts of a job must write to places of their own, and each result must be computed wholly inside one part; then the
/// numbers are the same whatever the size of the team. One job runs at a time; a job must not start another. A team of one is its callers:
/// any number of threads may use it at once.
/// </remarks>
public sealed class Workers
{
    // About 40 microseconds: longer than the serial gaps inside a training step, shorter than a time slice. A team with more
    // threads than there are cores does without: there a spinning thread only keeps a working one from its core.
    private const int Spins = 100;

    private readonly Team _team;
    private readonly AlignedBuffer?[] _scratch;

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
        _scratch = new AlignedBuffer?[count];
        _team = new Team(count, spins);
    }

    /// <summary>Tells the threads to end once nobody can start a job any more; a refused count has started none.</summary>
    ~Workers() => _team?.Stop();

    /// <summary>The number of threads, the caller included.</summary>
    public int Count { get; }

    /// <summary>Runs <paramref name="body"/> for each part 0 .. Count-1 and returns when all are done.</summary>
    /// <remarks>Where parts fail, the failure of the lowest is thrown as it was, once all parts have ended.</remarks>
    /// <exception cref="InvalidOperationException">A job of this team, of more than one thread, is running: on another thread or around this one.</exception>
    public void Run(Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (Count == 1)
        {
            body(0);
            return;
        }

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

    /// <summary>Memory that the kernels of one part use while a job runs. Whoever comes while it is in use, which only a team of one allows, takes memory of its own.</summary>
    internal AlignedBuffer TakeScratch(int part) => Interlocked.Exchange(ref _scratch[part], null) ?? new AlignedBuffer();

    /// <summary>Leaves the memory to the next job.</summary>
    internal void ReturnScratch(int part, AlignedBuffer scratch) => Volatile.Write(ref _scratch[part], scratch);

    /// <summary>
    /// The parts of one call of <see cref="Run"/>. A thread takes the next part that nobody has taken: when the machine is
    /// busy with something else and a thread of the team does not get a core, the caller does its part as well.
    /// </summary>
    private sealed class Job
    {
        private readonly Lock _lock = new();
        private readonly int _parts;
        private Action<int>? _body;
        private ExceptionDispatchInfo? _failure;
        private int _failedPart = int.MaxValue;
        private int _taken;
        private int _unfinished;

        public Job(Action<int> body, int parts)
        {
            _body = body;
            _parts = parts;
            _unfinished = parts;
        }

        public bool Done => Volatile.Read(ref _unfinished) == 0;

        /// <summary>Runs parts until all are taken. Returns whether this thread ended the last one.</summary>
        public bool Work()
        {
            bool last = false;
            while (true)
            {
                int part = Interlocked.Increment(ref _taken) - 1;
                if (part >= _parts)
                {
                    return last;
                }

                try
                {
                    _body!(part);
                }
                catch (Exception failure)
                {
                    Note(part, failure);
                }

                last = Interlocked.Decrement(ref _unfinished) == 0;
            }
        }

        /// <summary>Lets go of what the job referred to, and throws what the lowest part that failed has thrown.</summary>
        public void End()
        {
            _body = null;
            _failure?.Throw();
        }

        private void Note(int part, Exception failure)
        {
            lock (_lock)
            {
                if (part < _failedPart)
                {
                    _failedPart = part;
                    _failure = ExceptionDispatchInfo.Capture(failure);
                }
            }
        }
    }

    /// <summary>What the threads share; it does not refer to the <see cref="Workers"/>, so that one can be collected.</summary>
    private sealed class Team
    {
        private readonly int _spins;
        private readonly SemaphoreSlim[] _wake;
        private readonly int[] _asleep;
        private Job? _job;
        private int _busy;
        private bool _stopped;

        public Team(int count, int spins)
        {
            _spins = spins;
            _wake = new SemaphoreSlim[count];
            _asleep = new int[count];
            _wake[0] = new SemaphoreSlim(0);
            for (int thread = 1; thread < count; thread++)
            {
                _wake[thread] = new SemaphoreSlim(0);
                int mine = thread;
                new Thread(() => Serve(mine)) { IsBackground = true, Name = $"unfold worker {thread}" }.Start();
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
                var job = new Job(body, _wake.Length);
                Volatile.Write(ref _job, job);
                WakeAll();
                job.Work();
                Await(0, () => job.Done);
                job.End();
            }
            finally
            {
                Volatile.Write(ref _busy, 0);
            }
        }

        public void Stop()
        {
            Volatile.Write(ref _stopped, true);
            WakeAll();
        }

        private void Serve(int thread)
        {
            Job? seen = null;
            while (true)
            {
                Await(thread, () => Volatile.Read(ref _job) != seen || Volatile.Read(ref _stopped));
                if (Volatile.Read(ref _stopped))
                {
                    return;
                }

                seen = Volatile.Read(ref _job);
                if (seen!.Work())
                {
                    Wake(0);
                }
            }
        }

        private void WakeAll()
        {
            for (int thread = 1; thread < _wake.Length; thread++)
            {
                Wake(thread);
            }
        }

        private void Wake(int thread)
        {
            if (Interlocked.Exchange(ref _asleep[thread], 0) == 1)
            {
                _wake[thread].Release();
            }
        }

        // The sleep is announced before the last look: what happens in between either sees the announcement and releases the
        // semaphore, or is seen by that look. Whoever takes the announcement back decides. A waker that was stopped between
        // the event and its look at the announcement may find a later one and wake for nothing: a sleeper looks again.
        private void Await(int thread, Func<bool> happened)
        {
            for (int spin = 0; spin < _spins; spin++)
            {
                if (happened())
                {
                    return;
                }

                Thread.SpinWait(8);
            }

            while (!happened())
            {
                Interlocked.Exchange(ref _asleep[thread], 1);
                if (!happened() || Interlocked.Exchange(ref _asleep[thread], 0) == 0)
                {
                    _wake[thread].Wait();
                }
            }
        }
    }
}
