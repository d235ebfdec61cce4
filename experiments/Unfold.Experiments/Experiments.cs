namespace Unfold.Experiments;

/// <summary>The table of experiments, in the order in which they are listed and run.</summary>
internal static class Experiments
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Experiment> All { get; } =
    [
        new NamesExperiment(),
        new ChunkingExperiment(),
        new QuestionsExperiment(),
        new PolarityExperiment(),
        new VowelsExperiment(),
        new SunspotsExperiment(),
        new AirlineExperiment(),
        new TemperaturesExperiment(),
        new TransformerExperiment(),
        new ReversalExperiment(),
        new DatesExperiment(),
        new TranslationExperiment(),
        new GapsExperiment(),
        new DigitsExperiment(),
        new AddingExperiment(),
        new CopyExperiment(),
        new ChoralesExperiment(),
        new SegmentationExperiment(),
        TreebankExperiment.Published,
        TreebankExperiment.Tuned,
        new TreebankStepsExperiment(),
        CorpusExperiment.Shakespeare,
        CorpusExperiment.Nietzsche,
        CorpusExperiment.TangPoems,
        CorpusExperiment.Words,
        new RescoringExperiment(),
        new LinesExperiment(),
    ];
}
