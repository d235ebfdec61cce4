namespace Unfold.Bench;

/// <summary>The peers of one run, each with one thread and with as many as Unfold has: the better one counts.</summary>
internal sealed class PeerTeam : IDisposable
{
    // The threads of a peer go on spinning for some milliseconds after its answer.
    private const int MillisecondsToCalmDown = 20;

    private const string PyTorch = "PyTorch";

    // OpenBLAS takes the kernels that this names instead of those for the processor. Products of one row then take another
    // time, so the streaming is measured both ways.
    private const string KernelsVariable = "OPENBLAS_CORETYPE";

    private readonly List<Peer> _peers = [];

    /// <summary>Starts the peers, and says of each what it is or why it is left out.</summary>
    public static PeerTeam Start(Options options)
    {
        PeerTeam team = StartPyTorch(options);
        if (!options.Peers)
        {
            return team;
        }

        int[] threads = Threads(options);
        if (options.Registers is null && options.Wants(StreamingStep.Name) && Environment.GetEnvironmentVariable(KernelsVariable) is string kernels)
        {
            string name = $"{PyTorch}, {KernelsVariable}={kernels}";
            team.Add(name, () => Peer.PyTorchFacts(BlasKernels.Inherited, options), threads, count => Peer.PyTorch(name, StreamingStep.Name, BlasKernels.Inherited, count));
        }

        team.Add("oneDNN", () => Peer.OneDnnFacts(Peer.BuildOneDnn(), options), threads, count => Peer.OneDnn(Peer.BuildOneDnn(), count));
        return team;
    }

    /// <summary>Starts PyTorch alone.</summary>
    public static PeerTeam StartPyTorch(Options options)
    {
        var team = new PeerTeam();
        if (options.Peers)
        {
            // A limit for all names the kernels in the environment, and leaves no choice of others.
            BlasKernels blas = options.Registers is null ? BlasKernels.Own : BlasKernels.Inherited;
            team.Add(PyTorch, () => Peer.PyTorchFacts(blas, options), Threads(options), count => Peer.PyTorch(PyTorch, workload: null, blas, count));
        }

        return team;
    }

    /// <summary>The names of the peers, each once.</summary>
    public IEnumerable<string> Names => _peers.Select(peer => peer.Name).Distinct();

    /// <summary>Gives every peer its turn at a workload.</summary>
    public void TakeTurns(string workload, int steps, PeerSamples samples)
    {
        foreach (Peer peer in _peers)
        {
            if (samples.LeftOut(peer) || (peer.Workload is not null && peer.Workload != workload))
            {
                continue;
            }

            (double[] Seconds, int Tokens, string Note)? answer = peer.Run(workload, steps);
            samples.Add(peer, answer?.Seconds, answer?.Note);
            Thread.Sleep(MillisecondsToCalmDown);
        }
    }

    public void Dispose()
    {
        foreach (Peer peer in _peers)
        {
            peer.Dispose();
        }
    }

    private static int[] Threads(Options options) => [.. new[] { 1, options.Threads }.Distinct()];

    private void Add(string name, Func<string> facts, int[] threads, Func<int, Peer> start)
    {
        try
        {
            Console.WriteLine($"  {name,-12} {facts()}");
            _peers.AddRange(threads.Select(start));
        }
        catch (InvalidOperationException absent)
        {
            Console.WriteLine($"  {name,-12} left out: {absent.Message}");
        }
    }
}

/// <summary>What the peers needed for one workload.</summary>
internal sealed class PeerSamples
{
    private readonly Dictionary<Peer, Samples?> _samples = [];
    private readonly Dictionary<Peer, string> _notes = [];

    public bool LeftOut(Peer peer) => _samples.TryGetValue(peer, out Samples? samples) && samples is null;

    public void Add(Peer peer, double[]? seconds, string? note)
    {
        if (seconds is null)
        {
            _samples[peer] = null;
            return;
        }

        Samples samples = _samples.GetValueOrDefault(peer) ?? new Samples();
        foreach (double duration in seconds)
        {
            samples.Add(duration);
        }

        _samples[peer] = samples;
        _notes[peer] = note!;
    }

    /// <summary>The best setting of a peer; empty where it was not measured.</summary>
    public (Samples Samples, string Setting) Best(string name)
    {
        Peer? peer = _samples.Keys.Where(peer => peer.Name == name && !LeftOut(peer)).MinBy(peer => _samples[peer]!.Median);
        return peer is null ? (new Samples(), "") : (_samples[peer]!, $"{peer.Threads} {(peer.Threads == 1 ? "thread" : "threads")}, {_notes[peer]}");
    }
}
