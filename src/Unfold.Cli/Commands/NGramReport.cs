using System.Text.Json;
using Unfold.NGrams;

namespace Unfold.Cli.Commands;

/// <summary>What is said of a model of n-grams as a whole.</summary>
internal static class NGramReport
{
    /// <summary>Writes how many n-grams there are of each length, beginning with 1.</summary>
    public static void WriteCounts(Utf8JsonWriter json, NGramModel model)
    {
        json.WriteStartArray("ngrams");
        for (int length = 1; length <= model.Order; length++)
        {
            json.WriteNumberValue(model.Count(length));
        }

        json.WriteEndArray();
    }

    /// <summary>Writes order, counts, tokens and the bytes of the file as fields.</summary>
    public static void WriteJson(Utf8JsonWriter json, NGramModel model, long bytes)
    {
        json.WriteNumber("order", model.Order);
        WriteCounts(json, model);
        VocabularyReport.WriteJson(json, model.Vocabulary);
        json.WriteNumber("bytes", bytes);
    }

    /// <summary>Writes the same for a person.</summary>
    public static void Write(TextWriter output, NGramModel model, long bytes)
    {
        output.WriteLine(FormattableString.Invariant($"N-grams of up to {model.Order} tokens, {bytes:N0} bytes"));
        for (int length = 1; length <= model.Order; length++)
        {
            output.WriteLine(FormattableString.Invariant($"  {length}-grams {model.Count(length),15:N0}"));
        }

        VocabularyReport.Write(output, model.Vocabulary, order: "");
    }
}
