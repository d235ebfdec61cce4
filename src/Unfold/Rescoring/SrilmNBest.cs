using System.Globalization;

namespace Unfold.Rescoring;

/// <summary>
/// One list in one of SRILM's formats (nbest-format(5)). Scores are logarithms to base 10, or for the two formats with a header bytelogs:
/// logarithms to base 1.0001, divided by 1024.
/// </summary>
/// <remarks>
/// The channel score is the acoustic one, in the second format the sum over the words. The scores of the recogniser's own language model are read and left
/// out, but for the first format, whose one score is of both. The marks &lt;s&gt;, &lt;/s&gt; and -pau- (a pause) are no words. As in SRILM's own reader a list
/// of the first format may lack its header, and the number of words in the third is what the recogniser counted, which may leave noises out or count the parts of
/// a compound, and is not compared with the words.
/// </remarks>
internal static class SrilmNBest
{
    private const string First = "NBestList1.0", Second = "NBestList2.0";
    private const double NatsInBytelog = 1024 / 10000.5;

    // A word, "(", and four names each with its value, ")".
    private const int FieldsOfWord = 11;

    private static readonly string[] Marks = ["st:", "et:", "g:", "a:"];

    /// <summary>Whether a list could begin with this line.</summary>
    public static bool BeginsWith(NBestLine line) => line.Text.Trim() is First or Second || HasBytelogs(line) || IsScored(line);

    /// <summary>Reads the hypotheses of a file.</summary>
    public static IReadOnlyList<NBestHypothesis> Read(string path, IReadOnlyList<NBestLine> lines)
    {
        (Func<NBestLine, NBestHypothesis> read, int headers) = lines[0].Text.Trim() switch
        {
            First => ((Func<NBestLine, NBestHypothesis>)FirstFormat, 1),
            Second => (SecondFormat, 1),
            _ when HasBytelogs(lines[0]) => (FirstFormat, 0),
            _ => (ThirdFormat, 0),
        };
        NBestHypothesis[] hypotheses = [.. lines.Skip(headers).Select(read)];
        return hypotheses.Length > 0
            ? hypotheses
            : throw new UnfoldException($"{path} holds no hypothesis after its header, but at least one was wanted.");
    }

    private static bool IsScored(NBestLine line) => line.Fields is [var acoustic, var language, var words, ..]
        && NBestLine.Finite(acoustic) is not null && IsLanguageScore(language) && Counts(line.Fields[3..]).Contains(words);

    private static bool HasBytelogs(NBestLine line) => line.Fields[0] is ['(', .. var score, ')'] && NBestLine.Finite(score) is not null;

    /// <summary>Whether a field is a number or -inf, which SRILM writes for a hypothesis that its language model holds for impossible.</summary>
    private static bool IsLanguageScore(string field) => NBestLine.Finite(field) is not null || field.Equals("-inf", StringComparison.OrdinalIgnoreCase);

    private static NBestHypothesis FirstFormat(NBestLine line) => new(Join(line.Fields.Skip(1)), Bytelogs(line));

    private static NBestHypothesis SecondFormat(NBestLine line)
    {
        _ = Bytelogs(line);
        if ((line.Fields.Length - 1) % FieldsOfWord != 0)
        {
            throw line.Refuse($"each word of {Second} wants {FieldsOfWord} fields, as in: word ( st: 1.5 et: 1.8 g: -50 a: -200 )");
        }

        var words = new List<string>();
        double end = double.NegativeInfinity, acoustic = 0;
        foreach (string[] word in line.Fields.Skip(1).Chunk(FieldsOfWord))
        {
            if (word[1] != "(" || word[^1] != ")" || Marks.Index().Any(mark => word[2 + (2 * mark.Index)] != mark.Item))
            {
                throw line.Refuse($"a word of {Second} wants the form: word ( st: 1.5 et: 1.8 g: -50 a: -200 )");
            }

            // Phones and states follow their word and lie within its time; states are numbered, as ax-2.
            double until = line.Score(word[5], "an end time");
            _ = line.Score(word[3], "a start time");
            if (until > end && !IsState(word[0]))
            {
                words.Add(word[0]);
                end = until;
                acoustic += line.Score(word[9], "an acoustic score") * NatsInBytelog;
            }
        }

        return new NBestHypothesis(Join(words), acoustic);
    }

    private static NBestHypothesis ThirdFormat(NBestLine line)
    {
        if (line.Fields is not [var acoustic, var language, var count, .. var words])
        {
            throw line.Refuse("a line of SRILM's scored hypotheses wants an acoustic score, a language model score, the number of words, and the words");
        }

        if (!IsLanguageScore(language))
        {
            throw line.Refuse($"the language model score must be a number or -inf, but '{language}' is neither");
        }

        return uint.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? new NBestHypothesis(Join(words), line.Score(acoustic, "the acoustic score") * Math.Log(10))
            : throw line.Refuse($"the third field is the number of words, but '{count}' is no whole number");
    }

    private static double Bytelogs(NBestLine line) => line.Fields is [['(', .. var score, ')'], ..]
        ? line.Score(score, "the score in brackets") * NatsInBytelog
        : throw line.Refuse("a hypothesis begins with its score in brackets, as in: (-1234) first second");

    /// <summary>The numbers of words that a hypothesis may be said to have: with its marks or without.</summary>
    private static string[] Counts(string[] words) => [$"{words.Length}", $"{words.Count(IsWord)}", $"{words.Count(word => word != "-pau-")}", $"{words.Count(word => word is not ("<s>" or "</s>"))}"];

    private static string Join(IEnumerable<string> words) => string.Join(' ', words.Where(IsWord));

    private static bool IsState(string name) => name is [.., '-', >= '0' and <= '9'];

    private static bool IsWord(string word) => word is not ("<s>" or "</s>" or "-pau-");
}
