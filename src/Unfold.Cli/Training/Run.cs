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
internal sealed record Run(ModelFolder Folder, string Shown, RunSettings Settings, Corpus Corpus, LanguageModelTrainer Trainer, Grammar? Grammar, RunLock Lock) : IDisposable
{
    /// <summary>The time spent in training steps, in earlier sittings too.</summary>
    public double StepSeconds { get; set; }

    /// <summary>Writes the trainer's weights as the model.</summary>
    public void SaveWeights() => Folder.SaveWeights(Trainer.Model);

    /// <summary>Writes the checkpoint and the card.</summary>
    public void SaveProgress()
    {
        TrainingCheckpoint.Save(Folder.CheckpointFile, Trainer, StepSeconds);
        ModelCard.Save(Folder, Trainer.Model, Settings, Trainer.Results(StepSeconds));
    }

    /// <summary>Gives the folder free.</summary>
    public void Dispose() => Lock.Dispose();
}
