using System.Runtime.CompilerServices;
using Unfold.Numerics;
using Unfold.Numerics.Products;
using Unfold.Tests.Support;

namespace Unfold.Tests.Numerics;

[Trait("Path", "every")]
public sealed class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Each_of_thousands_of_quick_jobs_runs_every_part_once(int count)
    {
        RunQuickJobs(new Workers(count), 3000);
    }

    [Fact]
    public void Threads_may_share_a_team_of_one()
    {
        const int size = 64;
        var workers = new Workers(1);
        float[][] factors = [.. Enumerable.Range(1, 4).Select(seed => Draw.Normal(new SeededRandom((ulong)seed), size * size, 1))];
        float[] Square(Workers team, float[] values)
        {
            float[] product = new float[size * size];
            MatrixProduct.Multiply(team, new MatrixView(values, size, size).Transposed, new MatrixView(values, size, size), product, Accumulation.Overwrite);
            return product;
        }

        float[][] wanted = [.. factors.Select(values => Square(new Workers(1), values))];
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => Close.Same(wanted[i % 4], Square(workers, factors[i % 4]), $"product {i}"));
    }

    [Fact]
    public void Threads_that_are_stopped_at_any_place_run_every_part_once()
    {
        // More spinning threads than cores: the system stops each of them between any two of its instructions.
        RunQuickJobs(new Workers((2 * Environment.ProcessorCount) + 1, spins: 2000), 300);
    }

    [Fact]
    public void A_job_runs_after_the_threads_fell_asleep()
    {
        var workers = new Workers(3);
        int runs = 0;
        for (int job = 1; job <= 3; job++)
        {
            workers.Run(_ => Interlocked.Increment(ref runs));
            Thread.Sleep(100);
            Assert.Equal(3 * job, runs);
        }
    }

    [Fact]
    public void A_slow_part_is_waited_for()
    {
        var workers = new Workers(3);
        for (int slow = 0; slow < 3; slow++)
        {
            var done = new bool[3];
            workers.Run(part =>
            {
                Thread.Sleep(part == slow ? 80 : 0);
                done[part] = true;
            });
            Assert.All(done, Assert.True);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    public void A_failure_arrives_as_it_was_thrown_and_the_team_lives_on(int count, int failing)
    {
        var workers = new Workers(count);
        for (int round = 0; round < 20; round++)
        {
            var finished = new bool[count];
            InvalidDataException failure = Assert.Throws<InvalidDataException>(() => workers.Run(part =>
            {
                finished[part] = part != failing;
                if (part == failing)
                {
                    throw new InvalidDataException($"part {part}");
                }
            }));
            Assert.Equal($"part {failing}", failure.Message);
            Assert.Equal(count - 1, finished.Count(done => done));
            int runs = 0;
            workers.Run(_ => Interlocked.Increment(ref runs));
            Assert.Equal(count, runs);
        }
    }

    [Fact]
    public void A_job_inside_a_job_is_refused()
    {
        var workers = new Workers(2);
        Assert.Throws<InvalidOperationException>(() => workers.Run(_ => workers.Run(_ => { })));
        int runs = 0;
        workers.Run(_ => Interlocked.Increment(ref runs));
        Assert.Equal(2, runs);
    }

    [Fact]
    public void Collected_teams_end_their_threads()
    {
        List<Thread> threads = StartAndForget();
        Assert.Equal(8, threads.Count);
        for (int round = 0; round < 100 && threads.Exists(thread => thread.IsAlive); round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(20);
        }

        Assert.DoesNotContain(threads, thread => thread.IsAlive);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(1025)]
    public void An_impossible_team_is_refused_and_can_be_collected(int count)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Workers(count));

        // A finalizer that fails would end the process.
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Fact]
    public void Shares_cover_everything_once_in_whole_grains()
    {
        foreach (int count in new[] { 1, 2, 3, 5, 8 })
        {
            var workers = new Workers(count);
            foreach (int granularity in new[] { 1, 3, 16 })
            {
                for (int total = 0; total <= 70; total++)
                {
                    int next = 0;
                    for (int part = 0; part < count; part++)
                    {
                        (int start, int end) = workers.Share(total, part, granularity);
                        Assert.Equal(next, start);
                        Assert.InRange(end, start, total);
                        Assert.True(end == total || end % granularity == 0);
                        next = end;
                    }

                    Assert.Equal(total, next);
                }
            }
        }
    }

    private static void RunQuickJobs(Workers workers, int jobs)
    {
        int count = workers.Count;
        var runs = new int[count];
        for (int job = 1; job <= jobs; job++)
        {
            workers.Run(part => runs[part]++);
            for (int part = 0; part < count; part++)
            {
                Assert.True(runs[part] == job, $"After job {job} part {part} of {count} had run {runs[part]} times.");
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<Thread> StartAndForget()
    {
        var threads = new List<Thread>();
        for (int team = 0; team < 4; team++)
        {
            // Nobody goes on before all three have come, so no thread can take a second part.
            using var meeting = new Barrier(3);
            Thread caller = Thread.CurrentThread;
            new Workers(3).Run(_ =>
            {
                meeting.SignalAndWait();
                lock (threads)
                {
                    if (Thread.CurrentThread != caller)
                    {
                        threads.Add(Thread.CurrentThread);
                    }
                }
            });
        }

        return threads;
    }
}
