using System.Diagnostics;
using Unfold.Experiments.Data;
using Unfold.Numerics;

namespace Unfold.Experiments;

/// <summary>What is the same for all experiments of a run.</summary>
/// <param name="Data">The folder of the data.</param>
/// <param name="Seed">All chance of each experiment comes from it.</param>
/// <param name="Workers">The threads to compute with.</param>
/// <param name="Quick">Whether a few seconds of work on a part of the data are wanted, only to see that it runs.</param>
/// <param name="Pictures">The folder that pictures are written into; it is made where there is none.</param>
/// <param name="Progress">Where progress is told.</param>
internal sealed record RunSettings(DataFolder Data, ulong Seed, Workers Workers, bool Quick, string Pictures, TextWriter Progress);

/// <summary>What an experiment gets to run with, and where it hands over its results.</summary>
internal sealed class ExperimentContext
{
    private readonly string _experiment;
    private readonly RunSettings _settings;
    private readonly Action<Result> _report;
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <summary>Prepares the run of one experiment.</summary>
    /// <param name="experiment">Its name.</param>
    /// <param name="settings">What is the same for all.</param>
    /// <param name="report">Receives each result at once.</param>
    public ExperimentContext(string experiment, RunSettings settings, Action<Result> report)
    {
        _experiment = experiment;
        _settings = settings;
        _report = report;
        Random = new SeededRandom(settings.Seed);
    }

    /// <summary>Finds the files of the data folder.</summary>
    public DataFolder Data => _settings.Data;

    /// <summary>The source of all chance, fresh from the seed for each experiment: <c>Split</c> it for each part.</summary>
    public SeededRandom Random { get; }

    /// <summary>The threads to compute with.</summary>
    public Workers Workers => _settings.Workers;

    /// <summary>Whether a few seconds of work on a part of the data are wanted, only to see that it runs.</summary>
    public bool Quick => _settings.Quick;

    /// <summary>Picks the full amount of something, or in a quick run the small one.</summary>
    public T Choose<T>(T full, T quick) => Quick ? quick : full;

    /// <summary>Tells on stderr how far the experiment is.</summary>
    public void Progress(string line) => _settings.Progress.WriteLine(FormattableString.Invariant($"[{_experiment} {_watch.Elapsed.TotalSeconds,7:0.0} s] {line}"));

    /// <summary>Hands over one number; see <see cref="Result"/>.</summary>
    public void Report(string model, string metric, double value, double? baseline = null, double? published = null, long? parameters = null, double? seconds = null)
    {
        Progress(FormattableString.Invariant($"{model}: {metric} {value:0.#####}"));
        _report(new Result(_experiment, model, metric, value, baseline, published, parameters, seconds));
    }

    /// <summary>Writes the picture of the experiment, <c>NAME.svg</c>, or a further one, <c>NAME-part.svg</c>.</summary>
    /// <param name="svg">What a chart's <c>ToSvg</c> returned.</param>
    /// <param name="part">What tells a further picture from the first: lower-case letters, digits and dashes.</param>
    /// <exception cref="UnfoldException">The folder or the file cannot be written.</exception>
    public void Picture(string svg, string part = "")
    {
        string path = Path.Combine(_settings.Pictures, part.Length == 0 ? $"{_experiment}.svg" : $"{_experiment}-{part}.svg");
        try
        {
            Directory.CreateDirectory(_settings.Pictures);
            File.WriteAllText(path, svg);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnfoldException($"The picture {path} cannot be written ({failure.Message}): name another folder with --out DIR.", failure);
        }

        Progress($"picture {path}");
    }
}
