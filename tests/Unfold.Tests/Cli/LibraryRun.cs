using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Tests.Cli;

/// <summary>The files of a run as the command begins it, written by the library alone.</summary>
internal static class LibraryRun
{
    public const int Steps = 5, Hidden = 11, BatchSize = 4, SequenceLength = 10;

    /// <summary>The command line that makes the same run with <see cref="CommandLine.Train"/>.</summary>
    public static readonly string[] Options = ["--steps", "5", "--hidden", "11", "--seed", "7"];

    /// <summary>Writes a run in which <paramref name="done"/> steps are made.</summary>
    public static void Write(ModelFolder folder, string text, int done = 0, TrainingTime time = default)
    {
        Corpus corpus = Corpus.Load(TextSource.FromFiles(text), new CorpusOptions { ValidationFraction = 0.05 });
        var training = new TrainingSettings { Steps = Steps, Epochs = 0, BatchSize = BatchSize, SequenceLength = SequenceLength, Seed = 7 };
        var model = new LanguageModel(new LanguageModelSettings { Hidden = Hidden }, corpus.Vocabulary, new SeededRandom(7));
        var trainer = new LanguageModelTrainer(model, training, corpus.Train, corpus.Validation, new Workers(1));
        for (int step = 0; step < done; step++)
        {
            trainer.Step();
        }

        folder.CreateFolder();
        if (done > 0)
        {
            folder.SaveWeights(model);
        }

        TrainingCheckpoint.Save(folder.CheckpointFile, trainer, time);
        folder.Create(new RunSettings(model.Settings, training, new RunData([text], null, 0.05, corpus.Fingerprint)), corpus.Vocabulary);
    }
}
