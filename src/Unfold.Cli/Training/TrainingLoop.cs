using System.Diagnostics;
using Unfold.Generation;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Training;

namespace Unfold.Cli.Training;

/// <summary>Makes the steps of a run, with validations and checkpoints at steps that only the settings decide.</summary>
internal sealed class TrainingLoop(Run run, TrainingView view, Interruption interruption)
{
    private const double SampleSeconds = 8;
    private const int SampleTokens = 200, SampleCharacters = 120;

    private readonly LanguageModelTrainer _trainer = run.Trainer;
    private readonly Stopwatch _sinceSample = Stopwatch.StartNew();
    private double _validationLoss = double.IsFinite(run.Trainer.BestLoss) ? run.Trainer.BestLoss : double.NaN;
    private bool _sampled;

    /// <summary>Trains to the end, or to the step after an interruption.</summary>
    /// <returns>Whether the run is finished; if not, a checkpoint is saved.</returns>
    public bool Train()
    {
        long saved = _trainer.StepsDone;
        long first = _trainer.StepsDone;
        while (!_trainer.Finished && !interruption.Asked)
        {
            long start = Stopwatch.GetTimestamp();
            _trainer.Step();
            run.StepSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            double speed = (_trainer.StepsDone - first) * (double)_trainer.TokensPerStep / run.StepSeconds;
            if (_trainer.CheckpointDue)
            {
                Validate();
                saved = _trainer.StepsDone;
                view.Validated(Progress(speed));
                ShowSample();
            }
            else
            {
                view.Stepped(Progress(speed));
            }
        }

        if (!_trainer.Finished && saved != _trainer.StepsDone)
        {
            SaveInterrupted();
        }

        return _trainer.Finished;
    }

    private void Validate()
    {
        (Score score, bool best) = _trainer.Validate();
        _validationLoss = score.Loss;

        // What follows is saved only after the weights were found to be numbers. The weights before the checkpoint: a run that is killed in between makes these steps again and writes the same
        // weights, but one that had counted them as saved would lose them.
        if (best)
        {
            run.SaveWeights();
        }

        run.SaveProgress();
    }

    /// <summary>No validation here: when they take place must not depend on interruptions, or a resumed run would end elsewhere.</summary>
    private void SaveInterrupted()
    {
        // Without a validation nobody has looked yet; the checkpoint before is still good.
        FiniteCheck.RequireValues(_trainer.StepsDone, _trainer.Model.Parameters);
        if (!File.Exists(run.Folder.WeightsFile))
        {
            // Something to generate with; the first validation overwrites it.
            run.SaveWeights();
        }

        run.SaveProgress();
    }

    private TrainingProgress Progress(double speed)
    {
        double left = (_trainer.TotalSteps - _trainer.StepsDone) * (double)_trainer.TokensPerStep / speed;
        return new TrainingProgress(
            _trainer.StepsDone, _trainer.TotalSteps, _trainer.EpochsDone, _trainer.RecentLoss, _validationLoss, speed, TimeSpan.FromSeconds(Math.Min(left, TimeSpan.MaxValue.TotalSeconds / 2)));
    }

    private void ShowSample()
    {
        if (_sampled && _sinceSample.Elapsed.TotalSeconds < SampleSeconds)
        {
            return;
        }

        _sampled = true;
        _sinceSample.Restart();

        // A generator of its own: a sample must not change what the trainer draws.
        var random = new SeededRandom(_trainer.Settings.Seed ^ (ulong)_trainer.StepsDone);
        var options = new GenerationOptions { Length = SampleTokens };
        string text = "";
        try
        {
            _trainer.UseMeasured(model => text = string.Join(' ', string.Concat(TextGenerator.Generate(model, "", options, random)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        }
        catch (UnfoldException)
        {
            // A sample is for the eye: a model that cannot write, because its logits overflow, goes on learning.
            return;
        }

        int length = Math.Min(text.Length, SampleCharacters);
        view.Sample(length > 0 && char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] : text[..length]);
    }
}
