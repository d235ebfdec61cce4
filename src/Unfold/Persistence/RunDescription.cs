using System.Globalization;
using Unfold.Cells;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>
/// Everything that decides the numbers of a run and is chosen outside its checkpoint, as words in a fixed order: settings of
/// training and model, the length of the training part, and a hash of the vocabulary with how it cuts text.
/// </summary>
internal static class RunDescription
{
    /// <summary>The words, with a space between them.</summary>
    public static string Of(LanguageModelTrainer trainer)
    {
        TrainingSettings settings = trainer.Settings;
        LanguageModelSettings model = trainer.Model.Settings;
        string training = string.Create(
            CultureInfo.InvariantCulture,
            $"seq_length={settings.SequenceLength} batch_size={settings.BatchSize} batching={settings.Batching} loss={settings.Loss} steps={settings.Steps} epochs={settings.Epochs} optimizer={settings.Optimizer} lr={settings.LearningRate} schedule={settings.Schedule} clip_norm={settings.ClipNorm} clip_value={settings.ClipValue} seed={settings.Seed} checkpoint_every={settings.CheckpointEvery} patience={settings.Patience}");
        training += settings.SegmentLength == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" segment_length={settings.SegmentLength}");
        training += settings.Averaging == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" averaging={settings.Averaging}");
        string shape = string.Create(
            CultureInfo.InvariantCulture,
            $"cell={model.Cell}{Options(model.Lstm)} activation={model.Activation} layers={model.Layers}{(model.Connection == StackConnection.Plain ? "" : $",{model.Connection}")} hidden={model.Hidden} embedding={model.Embedding} dropout={model.Dropout}{Dropouts(model)}{Output(model)}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{training} {shape} vocabulary={VocabularyHash.Of(trainer.Model.Vocabulary)} training_tokens={trainer.Batcher.Store.Count}");
    }

    /// <summary>What is not the default, so that older checkpoints say the same.</summary>
    private static string Dropouts(LanguageModelSettings model)
    {
        string words = model.DropoutMask == DropoutMask.Independent ? "" : $" dropout_mask={model.DropoutMask}";
        words += model.WordDropout == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" word_dropout={model.WordDropout}");
        return words + (model.WeightDropout == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" weight_dropout={model.WeightDropout}"));
    }

    private static string Output(LanguageModelSettings model)
    {
        string words = model.OutputWeights == OutputWeights.Own ? "" : $" output={model.OutputWeights}";
        words += model.Softmax == SoftmaxKind.Exact ? "" : $" softmax={model.Softmax}";
        return words + (model.Softmax == SoftmaxKind.Sampled ? string.Create(CultureInfo.InvariantCulture, $" sampled={model.SampledClasses}") : "");
    }

    private static string Options(LstmOptions options)
    {
        string words = string.Join(',', options.Words());
        return words.Length == 0 ? "" : $"({words})";
    }
}
