using Unfold.Autograd;
using Unfold.Experiments.Data;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Experiments;

/// <summary>A word model of the treebank and how it is trained.</summary>
/// <param name="Name">What the results call it.</param>
/// <param name="Model">The shape.</param>
/// <param name="Training">How; its validations come once an epoch.</param>
/// <param name="InitialRange">All weights start uniform in plus or minus this; 0 leaves them as the layers draw them.</param>
internal sealed record TreebankRecipe(string Name, LanguageModelSettings Model, TrainingSettings Training, double InitialRange = 0)
{
    private const string Averaged = "+ averaged weights";

    /// <summary>
    /// The small model of Zaremba et al. (2014). There the loss is summed over the 20 steps of a window, with rate 1 and norm 5; with the mean, as
    /// here, that is rate 20 and norm 0.25. It has two biases where there is one here.
    /// </summary>
    public static TreebankRecipe Published(ExperimentContext context) => new(
        "LSTM 2x200 of 2014",
        new LanguageModelSettings { Layers = 2, Hidden = context.Choose(200, 20), Embedding = context.Choose(200, 20) },
        new TrainingSettings
        {
            SequenceLength = 20,
            BatchSize = 20,
            Epochs = context.Choose(13, 4),
            Optimizer = OptimizerKind.Sgd,
            LearningRate = 20,
            Schedule = ScheduleKind.Halving,
            ClipNorm = 0.25,
        },
        InitialRange: 0.1);

    /// <summary>
    /// The same size with what was found out since, in half an hour. On the validation part, after the first epochs, dropout of 0.2 was ahead of 0.3 and of
    /// Adam in place of plain descent. Dropped words were not tried.
    /// </summary>
    public static TreebankRecipe Today(ExperimentContext context)
    {
        TreebankRecipe averaged = Steps(context).Single(recipe => recipe.Name == Averaged);
        return averaged with { Name = "LSTM 2x200 of today", Training = averaged.Training with { Epochs = context.Choose(16, 4) } };
    }

    /// <summary>That of today by another width and length of windows, and without averages, for tables of many networks.</summary>
    public static (LanguageModelSettings Model, TrainingSettings Training) Plain(ExperimentContext context, int width, int length, int epochs)
    {
        TreebankRecipe today = Today(context);
        return (today.Model with { Hidden = width, Embedding = width }, today.Training with { Averaging = 0, SequenceLength = length, Epochs = epochs });
    }

    /// <summary>From the published recipe to that of today, each with one change more than the one before.</summary>
    public static IReadOnlyList<TreebankRecipe> Steps(ExperimentContext context)
    {
        TreebankRecipe published = Published(context);
        var recipes = new List<TreebankRecipe> { published with { Name = "gradients not clipped", Training = published.Training with { Epochs = 4, ClipNorm = 0 } } };
        void Add(string change, Func<LanguageModelSettings, LanguageModelSettings> model, Func<TrainingSettings, TrainingSettings> training) =>
            recipes.Add(recipes[^1] with { Name = change, Model = model(recipes[^1].Model), Training = training(recipes[^1].Training) });
        Add("as published", model => model, training => training with { ClipNorm = published.Training.ClipNorm });
        Add("+ tied weights", model => model with { OutputWeights = OutputWeights.Tied }, training => training);
        Add("+ cosine schedule", model => model, training => training with { Schedule = ScheduleKind.Cosine });
        Add("+ locked dropout", model => model with { Dropout = 0.2, DropoutMask = DropoutMask.Locked }, training => training);
        Add(Averaged, model => model, training => training with { Averaging = 0.2 });
        Add("+ dropped recurrent weights", model => model with { WeightDropout = 0.2 }, training => training);
        return recipes;
    }

    /// <summary>Trains a model and keeps the weights of the epoch that did best on the validation part.</summary>
    public LanguageFit Run(ExperimentContext context, TextParts text, ulong seed)
    {
        TrainingSettings settings = Training with { Seed = seed };
        var model = new LanguageModel(Model, text.Vocabulary, new SeededRandom(settings.Seed));
        Initialize(model, new SeededRandom(settings.Seed));
        return LanguageFit.Run(context, Name, model, settings, text.Train, text.Validation);
    }

    private void Initialize(LanguageModel model, SeededRandom random)
    {
        if (InitialRange == 0)
        {
            return;
        }

        foreach (Parameter parameter in model.Parameters)
        {
            foreach (ref float value in parameter.Edit())
            {
                value = (float)(InitialRange * ((2 * random.NextDouble()) - 1));
            }
        }
    }
}
