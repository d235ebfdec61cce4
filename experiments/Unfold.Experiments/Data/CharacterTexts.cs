using System.Text;
using System.Text.Json;
using Unfold.Text;

namespace Unfold.Experiments.Data;

/// <summary>
/// Texts that are foretold character by character. Of each the last tenth is for tests; of the rest the last twentieth of every block is for validation, so
/// that what is learned reaches to where the test begins: a play of which the end is tested was begun in the training part.
/// </summary>
internal static class CharacterTexts
{
    private const double TestShare = 0.1, ValidationShare = 0.05;

    // Characters.
    private const int Block = 20_000;

    /// <summary>Plays of Shakespeare (Karpathy, 2015), 65 different characters.</summary>
    public const string TinyShakespeare = "tinyshakespeare/input.txt";

    /// <summary>Writings of Nietzsche in English.</summary>
    public const string Nietzsche = "nietzsche/nietzsche.txt";

    /// <summary>The parts of the collection of Tang poems, a thousand poems each.</summary>
    public static IReadOnlyList<string> TangPoems { get; } = [.. Enumerable.Range(0, 10).Select(thousand => FormattableString.Invariant($"tang_poems/poet.tang.{thousand * 1000}.json"))];

    /// <summary>Reads a text.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="name">The file in it.</param>
    /// <param name="letterCase">Whether letters are lowered.</param>
    /// <param name="most">The most characters to read.</param>
    /// <exception cref="UnfoldException">The file is missing or damaged, or too short to be parted.</exception>
    public static TextParts Read(DataFolder folder, string name, LetterCase letterCase, int most = int.MaxValue)
    {
        string path = folder.Path(name);
        string text = string.Join('\n', DataFile.Utf8Lines(path).Select(line => line.Text));
        return Part(path, text, most, new CorpusOptions { LetterCase = letterCase });
    }

    /// <summary>Reads the Tang poems: a sentence a line as they are printed, and an empty line after each poem. A character that is seen once is unknown.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="most">The most characters to read.</param>
    /// <exception cref="UnfoldException">A file is missing or damaged, or all are too short to be parted.</exception>
    public static TextParts ReadTangPoems(DataFolder folder, int most = int.MaxValue)
    {
        var text = new StringBuilder();
        foreach (string path in TangPoems.Select(folder.Path))
        {
            AddPoems(path, text);
        }

        return Part(folder.Path(TangPoems[0]), text.ToString(), most, new CorpusOptions { MinimumCount = 2 });
    }

    private static void AddPoems(string path, StringBuilder text)
    {
        try
        {
            using var poems = JsonDocument.Parse(DataFile.Bytes(path));
            foreach (JsonElement poem in poems.RootElement.EnumerateArray())
            {
                foreach (JsonElement line in poem.GetProperty("paragraphs").EnumerateArray())
                {
                    text.Append(line.GetString()).Append('\n');
                }

                text.Append('\n');
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new UnfoldException($"{path}: a list of poems, each with its lines as \"paragraphs\", was wanted; it cannot be read so: {failure.Message}", failure);
        }
    }

    private static TextParts Part(string path, string whole, int most, CorpusOptions options)
    {
        string text = whole[..Border(whole, most)];
        int end = Border(text, (1 - TestShare) * text.Length), blocks = Math.Max(1, end / Block);
        var learned = new StringBuilder();
        var validated = new StringBuilder();
        int first = 0;
        for (int block = 1; block <= blocks; block++)
        {
            int next = Border(text, end * (double)block / blocks), validation = Border(text, first + ((1 - ValidationShare) * (next - first)));
            learned.Append(text, first, validation - first);
            validated.Append(text, validation, next - validation);
            first = next;
        }

        if (learned.Length < 2 || validated.Length < 2 || text.Length - end < 2)
        {
            throw new UnfoldException($"{path}: a text long enough for three parts was wanted; it has {text.Length} characters: give the whole file.");
        }

        var train = Corpus.Load(TextSource.FromString(learned.ToString(), path), options);
        TokenStore Encode(string part) => Corpus.Load(TextSource.FromString(part, path), options, vocabulary: train.Vocabulary).Train;
        return new TextParts(train.Vocabulary, train.Train, Encode(validated.ToString()), Encode(text[end..]));
    }

    /// <summary>Where so many characters end; never within a pair of surrogates.</summary>
    private static int Border(string text, double characters)
    {
        int at = (int)Math.Min(characters, text.Length);
        return at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) ? at - 1 : at;
    }
}
