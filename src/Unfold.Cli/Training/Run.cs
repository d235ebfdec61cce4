using System.Diagnostics;
using Unfold.Models;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Cli.Training;

/// <summary>A training run, new or taken up again, ready for its next step. Holds the lock on its folder.</summary>
/// <param name="Folder">Where it is written.</param>
/// <param name="Shown">The folder as the user wrote it.</param>
/// <param name="Settings">What config.json holds.</param>
/// <param name="Corpus">The encoded text.</param>
/// <param name="Trainer">The model in training.</param>
/// <param name="Grammar">Where the text comes from, if it is the embedded corpus.</param>
/// <param name="Lock">Keeps others out.</param>
/// <param name="SinceBegin">Runs since this sitting began.</param>
internal sealed record Run(
    ModelFolder Folder, string Shown, RunSettings Settings, Corpus Corpus, LanguageModelTrainer Trainer, Grammar? Grammar, RunLock Lock, Stopwatch SinceBegin) : IDisposable
{
    /// <summary>The time up to the checkpoint at which this sitting began; zero for a new run.</summary>
    public TrainingTime Earlier
    {
        get;
        init => Time = field = value;
    }

    /// <summary>The time spent in training steps of this sitting.</summary>
    public double StepSeconds { get; set; }

    /// <summary>The time up to the last checkpoint, over all sittings.</summary>
    public TrainingTime Time { get; private set; }

    /// <summary>Writes the weights that the trainer measured last as the model.</summary>
    /// <exception cref="UnfoldException">They cannot be written, or the folder is not this run's any more.</exception>
    public void SaveWeights()
    {
        RequireFolder();
        Trainer.UseMeasured(Folder.SaveWeights);
    }

    /// <summary>Writes the checkpoint and the card.</summary>
    /// <exception cref="UnfoldException">They cannot be written, or the folder is not this run's any more.</exception>
    public void SaveProgress()
    {
        RequireFolder();
        Time = new TrainingTime(Earlier.Steps + StepSeconds, Earlier.Wall + SinceBegin.Elapsed.TotalSeconds);
        TrainingCheckpoint.Save(Folder.CheckpointFile, Trainer, Time);
        ModelCard.Save(Folder, Trainer.Model, Settings, Trainer.Results(Time.Steps));
    }

    /// <summary>Gives the folder free.</summary>
    public void Dispose() => Lock.Dispose();

    private void RequireFolder() => Lock.Require(Path.GetFileName(Folder.ConfigFile));
}
