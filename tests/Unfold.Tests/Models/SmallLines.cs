using Unfold.Autograd;
using Unfold.Generation;
using Unfold.Layers;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Models;

/// <summary>Small models of lines, and texts for them.</summary>
internal static class SmallLines
{
    /// <summary>Trains a model on a thousand lines.</summary>
    public static (LanguageModelTrainer Trainer, TokenStore Text) Train(TrainingSettings settings, int[] validation)
    {
        LanguageModel model = Create(TextMode.Running, CellKind.Lstm);
        TokenStore text = TokenStore.FromTokens(model.Vocabulary.Encode(string.Concat(Lines(new SeededRandom(5), 1000).Select(line => line + "\n"))), model.Vocabulary.Count);
        var trainer = new LanguageModelTrainer(model, settings, text, TokenStore.FromTokens(validation, model.Vocabulary.Count), new Workers(1));
        while (!trainer.Finished)
        {
            trainer.Step();
        }

        return (trainer, text);
    }

    /// <summary>The state of these weights on a text.</summary>
    public static StackState? Found(ReadOnlySpan<float> weights, TokenStore text)
    {
        LanguageModel other = Create(TextMode.Running, CellKind.Lstm);
        weights.CopyTo(other.Parameters.Edit());
        other.FindLineEnd(text, new Workers(2));
        return other.LineEnd;
    }

    /// <summary>Lines that begin with one of two letters, and end with a third: where a line begins, much is known.</summary>
    public static string[] Lines(SeededRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ =>
        $"{"ab"[random.NextInt32(2)]}{string.Concat(Enumerable.Range(0, 2 + random.NextInt32(6)).Select(_ => "cd"[random.NextInt32(2)]))}a")];

    /// <summary>Four hundred letters with the end of a line at every 23rd place.</summary>
    public static int[] Letters(Vocabulary vocabulary, int end)
    {
        var random = new SeededRandom(17);
        int[] letters = [.. "abcd".Select(letter => vocabulary.IdOf(letter.ToString()))];
        return [.. Enumerable.Range(0, 400).Select(place => place % 23 == 5 ? end : letters[random.NextInt32(4)])];
    }

    /// <summary>The same as a text of a model's.</summary>
    public static TokenStore Store(LanguageModel model) => TokenStore.FromTokens(Letters(model.Vocabulary, model.Vocabulary.LineFeedId), model.Vocabulary.Count);

    /// <summary>A model of two layers that knows four letters, and a line feed or the end of a sentence.</summary>
    public static LanguageModel Create(TextMode mode, CellKind cell)
    {
        string[] letters = mode == TextMode.Sentences ? ["a", "b", "c", "d"] : ["a", "b", "c", "d", "\n"];
        var settings = new LanguageModelSettings { Cell = cell, CustomCell = CellKinds.Factory(cell), Hidden = 5, Layers = 2, Connection = StackConnection.Residual };
        return new LanguageModel(settings, new Vocabulary(new Tokenization(TokenKind.Character) { Mode = mode }, letters), new SeededRandom(4));
    }

    /// <summary>What stands after a prompt.</summary>
    public static NextTokenSession After(NextTokenModel model, string prompt) => new Prompt(model, prompt, cancellation: TestContext.Current.CancellationToken).Start();

    /// <summary>Fails unless two states have the same bits.</summary>
    public static void RequireSame(StackState? expected, StackState? actual)
    {
        Assert.NotNull(expected);
        Assert.NotNull(actual);
        foreach (((string name, Tensor one), (string other, Tensor two)) in expected.Parts.Zip(actual.Parts))
        {
            Assert.Equal(name, other);
            Close.Same(one.Values, two.Values, name);
        }
    }
}
