using Unfold.Models;
using Unfold.Text;

namespace Unfold.Cli.Training;

/// <summary>What a run takes where the command line says nothing.</summary>
/// <param name="Model">The shape.</param>
/// <param name="Training">How it is trained.</param>
/// <param name="Tokens">What one token is.</param>
internal sealed record TrainDefaults(LanguageModelSettings Model, TrainingSettings Training, TokenKind Tokens)
{
    /// <summary>The width of word vectors: a one-hot input of thousands of words would make the first layer needlessly large.</summary>
    public const int WordEmbedding = 128;

    /// <summary>The share of the text that is kept for validation.</summary>
    public const double ValidationFraction = 0.05;

    /// <summary>For a text of the user's.</summary>
    public static TrainDefaults Text { get; } = new(new LanguageModelSettings(), new TrainingSettings(), TokenKind.Character);

    /// <summary>The most tokens of that kind to know: the words of a large text are endless, and each costs a row of weights on both sides of the model.</summary>
    public static int Symbols(TokenKind tokens) => tokens switch
    {
        TokenKind.Character => int.MaxValue,
        TokenKind.BytePair => 8_000,
        _ => 50_000,
    };

    /// <summary>The width of token vectors where tokens are of that kind.</summary>
    public int Embedding(TokenKind tokens) =>
        tokens == Tokens ? Model.Embedding : tokens == TokenKind.Character ? 0 : WordEmbedding;

    /// <summary>A learning rate that suits the update rule.</summary>
    public static double LearningRate(OptimizerKind optimizer) => optimizer switch
    {
        OptimizerKind.Sgd => 1,
        OptimizerKind.Momentum or OptimizerKind.Nesterov => 0.1,
        OptimizerKind.Adagrad => 0.05,
        _ => 0.002,
    };
}
