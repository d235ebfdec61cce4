using System.Text.Json;

namespace Unfold.Rescoring;

/// <summary>One list a line: {"id": "a", "hypotheses": [{"text": "first second", "score": -1.5}], "reference": "first second"}, the reference by choice.</summary>
internal static class JsonNBest
{
    private const string Form = """{"id": "a", "hypotheses": [{"text": "first second", "score": -1.5}]}""";

    // Of a key that stands twice nobody can know which value was meant.
    private static readonly JsonDocumentOptions Unambiguous = new() { AllowDuplicateProperties = false };

    /// <summary>Whether a list could begin with this line.</summary>
    public static bool BeginsWith(NBestLine line) => line.Text.TrimStart().StartsWith('{');

    /// <summary>Reads the list of a line. The score is a natural logarithm.</summary>
    public static NBestList Read(NBestLine line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line.Text, Unambiguous);
            JsonElement root = document.RootElement;
            string id = Text(line, root, "id");
            if (!root.TryGetProperty("hypotheses", out JsonElement list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            {
                throw line.Refuse($"\"hypotheses\" must be a list of at least one hypothesis, as in {Form}");
            }

            NBestHypothesis[] hypotheses = [.. list.EnumerateArray().Select(hypothesis => new NBestHypothesis(Text(line, hypothesis, "text"), Score(line, hypothesis)))];
            return new NBestList(id, hypotheses, root.TryGetProperty("reference", out _) ? Text(line, root, "reference") : null);
        }
        catch (JsonException failure)
        {
            throw new UnfoldException($"{line.File}, line {line.Number}: a JSON object was wanted in each line, as in {Form}; this line is none: {failure.Message.Split(". ")[0].TrimEnd('.')}.", failure);
        }
        catch (InvalidOperationException failure)
        {
            throw new UnfoldException($"{line.File}, line {line.Number}: a text in this line is not valid Unicode, as half of a surrogate pair is not; write the character as it is, or both halves of its escape, one after the other.", failure);
        }
    }

    private static string Text(NBestLine line, JsonElement element, string name)
    {
        string? text = element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is null
            ? throw line.Refuse($"\"{name}\" must be a text, as in {Form}")
            : text.AsSpan().ContainsAny('\n', '\r') ? throw line.Refuse($"\"{name}\" must be one line, but a line feed stands in it") : text;
    }

    private static double Score(NBestLine line, JsonElement hypothesis) =>
        hypothesis.TryGetProperty("score", out JsonElement score) && score.ValueKind == JsonValueKind.Number && score.TryGetDouble(out double value) && NBestLine.IsScore(value)
            ? value
            : throw line.Refuse($"\"score\" must be a number of at most 3.4e38 in size, 0 where the channel says nothing, as in {Form}");
}
