using System.Text.Json;
using Unfold.Text;

namespace Unfold.Cli.Commands;

/// <summary>What inspect says of the tokens of a model.</summary>
internal static class VocabularyReport
{
    private const int HeadLength = 20;

    /// <summary>How the vocabulary of a trained model is ordered; "" for subwords, which come as they were learned.</summary>
    public static string Order(Vocabulary vocabulary) => vocabulary.Kind == TokenKind.BytePair ? "" : ", the commonest first";

    /// <summary>Writes how many tokens there are, how a text is cut into them, and the first ones.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="order">The rest of the sentence that says how they are ordered.</param>
    public static void Write(TextWriter output, Vocabulary vocabulary, string order)
    {
        Tokenization tokenization = vocabulary.Tokenization;
        string segmentation = tokenization.IcuVersion is null
            ? ""
            : FormattableString.Invariant($", cut by ICU {tokenization.IcuVersion}{(tokenization.Dictionary is { } words ? FormattableString.Invariant($" and {words.Words.Count:N0} words of a dictionary") : "")}");
        output.WriteLine();
        output.WriteLine(FormattableString.Invariant($"Vocabulary: {vocabulary.SymbolCount:N0} {vocabulary.Kind.Noun}s{(vocabulary.LetterCase == LetterCase.Lowered ? ", lower-cased" : "")}{(vocabulary.Mode == TextMode.Sentences ? ", each line a sentence" : "")}{segmentation}{order}"));
        IEnumerable<string> head = Enumerable.Range(Vocabulary.SpecialCount, Math.Min(HeadLength, vocabulary.SymbolCount)).Select(id => vocabulary[id]);
        output.WriteLine($"  {string.Join(' ', head.Select(symbol => symbol.Visible))}{(vocabulary.SymbolCount > HeadLength ? " ..." : "")}");
    }

    /// <summary>Writes the same as fields, without the tokens.</summary>
    public static void WriteJson(Utf8JsonWriter json, Vocabulary vocabulary)
    {
        json.WriteNumber("vocabulary", vocabulary.SymbolCount);
        json.WriteString("tokens", vocabulary.Kind.Name);
        json.WriteBoolean("lowercase", vocabulary.LetterCase == LetterCase.Lowered);
        json.WriteBoolean("sentences", vocabulary.Mode == TextMode.Sentences);
        if (vocabulary.Tokenization.IcuVersion is { } version)
        {
            json.WriteString("icu", version);
        }
    }
}
