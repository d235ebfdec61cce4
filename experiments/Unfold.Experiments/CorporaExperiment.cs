using Unfold.Experiments.Data;
using Unfold.Layers;
using Unfold.Models;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Pictures;
using Unfold.Text;

namespace Unfold.Experiments;

/// <summary>
/// Counts and networks on four texts: n-grams of 3, 5 and 7 tokens, four kinds of cells of the same depth and width, and for each the mixture with the best
/// n-grams. Characters of Shakespeare, Nietzsche and Tang poems; words of the Penn Treebank.
/// </summary>
/// <remarks>
/// All models of a text learn from the same part of it. The validation part chooses the epoch and the weight of the mixture; the other settings are common ones, the
/// numbers of epochs those that fit into an hour for all, and none was tuned. The baseline is the best of the n-grams. A character that was not learned is foretold as the
/// unknown one.
/// </remarks>
internal sealed class CorporaExperiment : Experiment
{
    private const string ShakespeareName = "tiny shakespeare", NietzscheName = "Nietzsche", TangName = "Tang poems", TreebankName = "Penn Treebank";

    private static readonly int[] Orders = [3, 5, 7];

    private static readonly (CellKind Cell, string Name)[] Cells = [(CellKind.Rnn, "RNN"), (CellKind.Lstm, "LSTM"), (CellKind.Gru, "GRU"), (CellKind.MinGru, "minGRU")];

    // The n-grams and the RNN of the treebank are Mikolov's (2012), the LSTM is that of Zaremba et al. (2014), 2 x 200; the minGRU is that of Feng et al. (2024).
    // Their test part of Shakespeare is the same; of the rest, 5% are not learned here, but validated on.
    private static readonly Dictionary<(string Text, string Model), double> Published = new()
    {
        [(TreebankName, "5-grams")] = 141.2,
        [(TreebankName, "RNN")] = 124.7,
        [(TreebankName, "LSTM")] = 114.5,
        [(ShakespeareName, "minGRU")] = 1.548,
        [(ShakespeareName, "7-grams")] = 1.516,
    };

    /// <inheritdoc/>
    public override string Name => "corpora";

    /// <inheritdoc/>
    public override string Summary => "n-grams, RNN, LSTM, GRU, minGRU and their mixtures on characters (Shakespeare, Nietzsche, Tang poems) and words (Penn Treebank)";

    /// <inheritdoc/>
    public override IReadOnlyList<string> DataNeeded => [.. Treebank.Needed, CharacterTexts.TinyShakespeare, CharacterTexts.Nietzsche, .. CharacterTexts.TangPoems];

    /// <inheritdoc/>
    public override void Run(ExperimentContext context)
    {
        int most = context.Choose(int.MaxValue, 20_000);
        LanguageModelSettings characters = new() { Layers = 2, Hidden = context.Choose(256, 32), Dropout = 0.3 };
        TrainingSettings passes = new() { BatchSize = 50, SequenceLength = 64, LearningRate = 0.003, Schedule = ScheduleKind.Cosine };
        LanguageModelSettings words = characters with
        {
            Hidden = context.Choose(200, 20),
            Embedding = context.Choose(200, 20),
            OutputWeights = OutputWeights.Tied,
            Dropout = 0.2,
            DropoutMask = DropoutMask.Locked,
        };
        Study[] studies =
        [
            new(ShakespeareName, CharacterTexts.Read(context.Data, CharacterTexts.TinyShakespeare, LetterCase.Kept, most), characters, passes with { Epochs = context.Choose(14, 2) }, Unit.Nats),
            new(NietzscheName, CharacterTexts.Read(context.Data, CharacterTexts.Nietzsche, LetterCase.Lowered, most), characters, passes with { Epochs = context.Choose(10, 2) }, Unit.Nats),
            new(TangName, CharacterTexts.ReadTangPoems(context.Data, most), characters with { Embedding = characters.Hidden[0] }, passes with { Epochs = context.Choose(6, 2) }, Unit.Nats),
            new(TreebankName, Treebank.Read(context.Data, context.Choose(int.MaxValue, 600)), words, passes with { BatchSize = 20, SequenceLength = 35, Epochs = context.Choose(5, 2) }, Unit.Perplexity),
        ];
        foreach (Study study in studies)
        {
            Run(context, study);
        }
    }

    private static void Run(ExperimentContext context, Study study)
    {
        TextParts text = study.Text;
        NGramModel[] counted = [.. Orders.Select(order => NGramTrainer.Train(text.Train, text.Vocabulary, new NGramOptions { Order = order }).Model)];
        NGramModel best = counted.MinBy(model => NextTokenScorer.Score(model, text.Validation).Loss)!;
        double baseline = study.Value(NextTokenScorer.Score(best, text.Test));
        foreach (NGramModel model in counted)
        {
            Report($"{model.Order}-grams", study.Value(NextTokenScorer.Score(model, text.Test)), null);
        }

        var chart = new LineChart($"{study.Name}: loss on validation text") { HorizontalLabel = "epoch", VerticalLabel = "nats a token" };
        foreach ((CellKind cell, string name) in Cells)
        {
            // A simple RNN, whose gradients are the least tame, wants a lower rate.
            double rate = study.Training.LearningRate * (cell == CellKind.Rnn ? 0.3 : 1);
            SeededRandom random = context.Random.Split();
            var model = new LanguageModel(study.Model with { Cell = cell }, text.Vocabulary, random);
            LanguageFit fit = LanguageFit.Run(context, $"{study.Name}, {name}", model, study.Training with { LearningRate = rate, Seed = random.NextUInt64() }, text.Train, text.Validation);
            chart.Add(name, fit.Epochs, [.. fit.Losses]);
            Report(name, study.Value(LanguageModelScorer.Score(model, text.Test, context.Workers)), fit);

            MixtureModel mixture = new MixtureModel(model, best, 0.5).Tune(text.Validation);
            context.Progress(FormattableString.Invariant($"{study.Name}, {name}: its share of the mixture is {mixture.Weight:0.###}"));
            Report($"{name} and {best.Order}-grams", study.Value(NextTokenScorer.Score(mixture, text.Test)), null);
        }

        context.Picture(chart.ToSvg(), study.Name.Replace(' ', '-').ToLowerInvariant());

        void Report(string model, double value, LanguageFit? fit) => context.Report(
            $"{study.Name}: {model}",
            study.Unit == Unit.Perplexity ? "test perplexity" : "test nats a character",
            value,
            model == $"{best.Order}-grams" ? null : baseline,
            Published.TryGetValue((study.Name, model), out double published) ? published : null,
            fit?.Model.Parameters.ValueCount,
            fit?.Seconds);
    }

    /// <summary>How a text is measured.</summary>
    private enum Unit
    {
        Perplexity,
        Nats,
    }

    /// <summary>A text, and the shape and the training of all networks on it.</summary>
    private sealed record Study(string Name, TextParts Text, LanguageModelSettings Model, TrainingSettings Training, Unit Unit)
    {
        public double Value(Score score) => Unit == Unit.Perplexity ? score.Perplexity : score.Loss;
    }
}
