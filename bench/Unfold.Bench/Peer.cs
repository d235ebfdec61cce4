using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Unfold.Bench;

/// <summary>
/// Another implementation of the workloads in a child process. It sleeps on its input while others are timed, and answers
/// a line <c>run NAME REPEATS</c> with its own measurements.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    private Peer(string name, string? workload, int threads, ProcessStartInfo start)
    {
        Name = name;
        Workload = workload;
        Threads = threads;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        _process = Process.Start(start)!;

        // What it says on the way is of no interest, but a full pipe would stop it.
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    /// <summary>Whose numbers these are.</summary>
    public string Name { get; }

    /// <summary>The one workload that it takes part in, or null for all.</summary>
    public string? Workload { get; }

    /// <summary>The threads that it was given.</summary>
    public int Threads { get; }

    /// <summary>Starts PyTorch.</summary>
    /// <param name="name">Its name in the tables.</param>
    /// <param name="workload">The one workload that it takes part in, or null for all.</param>
    /// <param name="blas">Who picks OpenBLAS' kernels.</param>
    /// <param name="threads">Its threads.</param>
    public static Peer PyTorch(string name, string? workload, BlasKernels blas, int threads) => new(name, workload, threads, PyTorchStart(blas, threads));

    /// <summary>Starts oneDNN, which <see cref="BuildOneDnn"/> has built.</summary>
    public static Peer OneDnn(string program, int threads) => new("oneDNN", workload: null, threads, OneDnnStart(program, threads));

    /// <summary>What PyTorch says about itself.</summary>
    /// <exception cref="InvalidOperationException">It does not start, or does not keep to the limit of registers.</exception>
    public static string PyTorchFacts(BlasKernels blas, Options options) => Facts(PyTorchStart(blas, options.Threads), options.Registers);

    /// <summary>What oneDNN says about itself.</summary>
    /// <exception cref="InvalidOperationException">It does not start, or does not keep to the limit of registers.</exception>
    public static string OneDnnFacts(string program, Options options) => Facts(OneDnnStart(program, options.Threads), options.Registers);

    /// <summary>Compiles the program around oneDNN where it is older than its source.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="InvalidOperationException">It does not compile.</exception>
    public static string BuildOneDnn()
    {
        string source = Path.Combine(Folder(), "onednn_lstm.cpp");
        string program = Path.Combine(AppContext.BaseDirectory, "onednn_lstm");
        DateTime newest = new[] { source, Path.Combine(Folder(), "onednn_layers.hpp") }.Max(File.GetLastWriteTimeUtc);
        if (!File.Exists(program) || File.GetLastWriteTimeUtc(program) < newest)
        {
            Output(new ProcessStartInfo("g++", ["-O2", "-std=c++17", "-fopenmp", source, "-ldnnl"]), "-o", program);
        }

        return program;
    }

    /// <summary>Lets it make some steps.</summary>
    /// <returns>The seconds of each, and the tokens of one; null where it has no workload of that name.</returns>
    public (double[] Seconds, int Tokens, string Note)? Run(string workload, int steps)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {workload} {steps}"));
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{Name} has ended without an answer.");
        using JsonDocument answer = JsonDocument.Parse(line);
        JsonElement root = answer.RootElement;
        if (root.TryGetProperty("error", out _))
        {
            return null;
        }

        string note = root.TryGetProperty("variant", out JsonElement variant) ? variant.GetString()! : root.GetProperty("note").GetString()!;
        return ([.. root.GetProperty("seconds").EnumerateArray().Select(value => value.GetDouble())], root.GetProperty("tokens").GetInt32(), note);
    }

    public void Dispose()
    {
        // Closing its input ends it.
        _process.StandardInput.Dispose();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static ProcessStartInfo PyTorchStart(BlasKernels blas, int threads) =>
        new("/usr/bin/python3", [Path.Combine(Folder(), "pytorch_steps.py"), "--threads", threads.ToString(CultureInfo.InvariantCulture), "--blas", blas == BlasKernels.Own ? "own" : "inherited"]);

    private static ProcessStartInfo OneDnnStart(string program, int threads)
    {
        var start = new ProcessStartInfo(program, ["--threads", threads.ToString(CultureInfo.InvariantCulture)]);
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        return start;
    }

    private static string Facts(ProcessStartInfo start, int? registers)
    {
        using JsonDocument facts = JsonDocument.Parse(Output(start, "--facts"));
        string words = Words(facts.RootElement);

        // A variable that a peer does not know goes unnoticed: only what the peer says of itself proves the limit.
        JsonElement found = facts.RootElement.GetProperty("registers");
        return registers is null || (found.ValueKind == JsonValueKind.Number && found.GetInt32() == registers)
            ? words
            : throw new InvalidOperationException($"its registers were to have {registers} bits, but it says: {words}");
    }

    private static string Words(JsonElement facts) =>
        string.Join(", ", facts.EnumerateObject()
            .Where(fact => fact.Value.ValueKind != JsonValueKind.Array)
            .Select(fact => $"{fact.Name.Replace('_', ' ')} {(fact.Value.ValueKind == JsonValueKind.Null ? "unknown" : fact.Value)}"));

    private static string Output(ProcessStartInfo start, params string[] more)
    {
        foreach (string argument in more)
        {
            start.ArgumentList.Add(argument);
        }

        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0
                ? output
                : throw new InvalidOperationException($"{start.FileName} failed: {errors.Result.Trim().Split('\n')[^1]}");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException($"{start.FileName} does not start: {missing.Message}", missing);
        }
    }

    private static string Folder() => Path.Combine(Repository.Folder(), "bench", "peers");
}
