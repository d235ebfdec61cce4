using System.Globalization;
using System.Text;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Text;

namespace Unfold.Persistence;

/// <summary>Writes README.md, the card of a model: what it is, how it was trained, how good it is, how to use it.</summary>
public static class ModelCard
{
    /// <summary>Writes the card, whole or not at all.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="model">The model.</param>
    /// <param name="settings">What its config.json holds.</param>
    /// <param name="results">How far the training has come; null for a model that is no run.</param>
    /// <exception cref="UnfoldException">The file cannot be written; an older one is untouched.</exception>
    public static void Save(ModelFolder folder, LanguageModel model, RunSettings settings, TrainingResults? results)
    {
        ArgumentNullException.ThrowIfNull(folder);
        AtomicFile.WriteText(folder.CardFile, Write(folder, model, settings, results));
    }

    /// <summary>The card's text.</summary>
    public static string Write(ModelFolder folder, LanguageModel model, RunSettings settings, TrainingResults? results)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(settings);
        var card = new StringBuilder();
        string name = Path.GetFileName(folder.FullPath);
        Vocabulary vocabulary = model.Vocabulary;
        Line(card, $"# {name}");
        Line(card, $"");
        Line(card, $"A recurrent language model over {vocabulary.Kind.Noun}s, trained with Unfold.");
        Line(card, $"");
        Line(card, $"```");
        Line(card, $"{model}");
        Line(card, $"```");
        Line(card, $"");
        Line(card, $"Vocabulary: {vocabulary.SymbolCount:N0} {vocabulary.Kind.Noun}s{(vocabulary.LetterCase == LetterCase.Lowered ? ", lower-cased" : "")}, and 3 special symbols.{(vocabulary.Mode == TextMode.Sentences ? " Each line is a sentence." : "")}");
        if (results is not null)
        {
            Results(card, results);
        }

        if (settings is { Training: TrainingSettings training, Data: RunData data })
        {
            Training(card, training, data, settings.Model);
        }

        Line(card, $"");
        Line(card, $"## Use");
        Line(card, $"");
        Line(card, $"```sh");
        Line(card, $"unfold generate {name} --length 500");
        Line(card, $"unfold evaluate {name} --text FILE");
        Line(card, $"```");
        Line(card, $"");
        Line(card, $"`model.safetensors` holds the weights and, where it was found, the state in which lines end, `config.json` the shape, `vocabulary.json` the tokens in the order of their ids.");
        return card.ToString();
    }

    private static void Results(StringBuilder card, TrainingResults results)
    {
        Line(card, $"");
        Line(card, $"## Results");
        Line(card, $"");
        Line(card, $"| | |");
        Line(card, $"|---|---|");
        Line(card, $"| steps | {results.Steps:N0} |");
        Line(card, $"| training loss, mean of the last {LanguageModelTrainer.RecentSteps} steps | {results.TrainLoss:0.0000} nats per token |");
        if (!double.IsFinite(results.ValidationLoss))
        {
            Line(card, $"| validation loss of these weights | - |");
        }
        else
        {
            Line(card, $"| validation loss of these weights | {results.ValidationLoss:0.0000} nats per token |");
            Line(card, $"| validation perplexity | {results.ValidationPerplexity:0.000} |");
            Line(card, $"| bits per token | {results.BitsPerToken:0.0000} |");
        }

        Line(card, $"| time in training steps | {results.Seconds:0.0} s |");
    }

    private static void Training(StringBuilder card, TrainingSettings training, RunData data, LanguageModelSettings model)
    {
        string files = data.Text.Count == 0 ? "the embedded corpus" : string.Join(", ", data.Text.Select(Path.GetFileName));
        string kept = data is { Validation: null, ValidationFraction: 0 } ? "-" : data.Validation is null ? FormattableString.Invariant($"the last {data.ValidationFraction * 100:0.##}% of the text, at most {LanguageModelTrainer.ValidationTokens:N0} tokens") : FormattableString.Invariant($"{Path.GetFileName(data.Validation)}, at most {LanguageModelTrainer.ValidationTokens:N0} tokens");
        Line(card, $"");
        Line(card, $"## Training");
        Line(card, $"");
        Line(card, $"| | |");
        Line(card, $"|---|---|");
        Line(card, $"| text | {files} |");
        Line(card, $"| validation | {kept} |");
        if (data.UnknownTokens > 0)
        {
            Line(card, $"| tokens outside the vocabulary | {data.UnknownTokens:N0}, read as unknown |");
        }

        Line(card, $"| fingerprint | {data.Fingerprint} |");
        Line(card, $"| batches | {training.BatchSize} x {training.SequenceLength} tokens, {Word(training.Batching)}, loss over {Word(training.Loss)} |");
        Line(card, $"| length | {(training.Steps > 0 ? Count(training.Steps, "steps") : Count(training.Epochs, "epochs"))}{(training.Patience > 0 ? Count(training.Patience, " validations of patience", ", ") : "")} |");
        Line(card, $"| optimizer | {Word(training.Optimizer)}, learning rate {training.LearningRate}, schedule {Word(training.Schedule)} |");
        Line(card, $"| clipping | norm {training.ClipNorm}, value {training.ClipValue} (0: none) |");
        string mask = model.Dropout > 0 && model.DropoutMask == DropoutMask.Locked ? ", the same at all steps of a window" : "";
        Line(card, $"| dropout | {model.Dropout}{mask}{Share(model.WordDropout, "words")}{Share(model.WeightDropout, "recurrent weights")} |");
        if (training.Averaging > 0)
        {
            Line(card, $"| averaged weights | those of the last {training.Averaging * 100:0.##}% of the updates, where their mean is better |");
        }

        Line(card, $"| seed | {training.Seed} |");
    }

    private static string Share(double probability, string what) => probability == 0 ? "" : FormattableString.Invariant($", {what} {probability}");

    private static string Count(long count, string what, string before = "") => string.Create(CultureInfo.InvariantCulture, $"{before}{count:N0} {what.TrimStart()}");

    private static string Word<T>(T choice)
        where T : struct, Enum => choice.ToString().ToLowerInvariant();

    private static void Line(StringBuilder card, FormattableString text) => card.Append(FormattableString.Invariant(text)).Append('\n');
}
