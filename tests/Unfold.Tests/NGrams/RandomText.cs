using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.NGrams;

/// <summary>Short texts of few words, some of them frequent, drawn from a seed.</summary>
internal sealed class RandomText
{
    public const int Words = 6;

    public RandomText(ulong seed, TextMode mode, int sentences = 80)
    {
        var random = new SeededRandom(seed);
        Vocabulary = new Vocabulary(new Tokenization(TokenKind.Space) { Mode = mode }, Enumerable.Range(0, Words).Select(index => $"{(char)('a' + index)}"));
        for (int i = 0; i < sentences; i++)
        {
            int[] words = new int[1 + random.NextInt32(9)];
            for (int at = 0; at < words.Length; at++)
            {
                // The product of two numbers is small more often than large; the last word is never drawn, the unknown one seldom.
                int drawn = random.NextInt32(Words) * random.NextInt32(Words) / Words;
                words[at] = random.NextInt32(40) == 0 ? Vocabulary.UnknownId : Vocabulary.SpecialCount + drawn;
            }

            Sentences.Add(mode == TextMode.Sentences ? [.. words, Vocabulary.EndId] : words);
        }

        if (mode == TextMode.Running)
        {
            int[] all = [.. Sentences.SelectMany(sentence => sentence)];
            Sentences = [all];
        }
    }

    public Vocabulary Vocabulary { get; }

    public List<int[]> Sentences { get; } = [];

    /// <summary>As an encoded text lies in a corpus: in sentence mode the end of a sentence stands before it.</summary>
    public TokenStore Tokens => TokenStore.FromTokens(
        [.. Vocabulary.Mode == TextMode.Sentences ? (int[])[Vocabulary.EndId] : [], .. Sentences.SelectMany(sentence => sentence)], Vocabulary.Count);

    public NGramModel Train(NGramOptions options) => Train(Tokens, Vocabulary, options);

    public static NGramModel Train(TokenStore tokens, Vocabulary vocabulary, NGramOptions options) =>
        NGramTrainer.Train(tokens, vocabulary, options, cancellation: TestContext.Current.CancellationToken).Model;

    /// <summary>
    /// A model of three tokens whose contexts leave next to nothing, a millionth or less, to the words that never stood there: of six words that stood together a thousand times.
    /// Rounded to single precision its probabilities sum to 1 with an error as large as that.
    /// </summary>
    public NGramModel TrainWithLittleLeft() => Train(new NGramOptions { Order = 3, Smoothing = Smoothing.Additive, AddedCount = 1e-4 });

    /// <summary>Fails unless two models give every token after beginnings of the text nearly the same probability.</summary>
    public void RequireNearlySame(NGramModel expected, NGramModel found)
    {
        foreach (int[] beginning in Beginnings(40, 8))
        {
            NGramSession one = expected.Start(), other = found.Start();
            foreach (int token in beginning)
            {
                one.Feed(token);
                other.Feed(token);
            }

            double[] Values(NGramSession session) => [.. Enumerable.Range(0, Vocabulary.Count).Where(token => token != Vocabulary.BeginId).Select(session.LogProbability)];
            Close.Equal(Values(one), Values(other), 1e-4, 1e-4, $"ln p after {NaiveNGrams.Key(beginning)}");
        }
    }

    /// <summary>Beginnings of sentences, of which most are those of the text and some are not.</summary>
    public IEnumerable<int[]> Beginnings(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        yield return [];
        for (int i = 1; i < count; i++)
        {
            int[] sentence = Sentences[random.NextInt32(Sentences.Count)];
            int length = random.NextInt32(Math.Min(sentence.Length, 12));
            int[] beginning = sentence[..length];
            if (length > 0 && i % 3 == 0)
            {
                beginning[random.NextInt32(length)] = Vocabulary.SpecialCount + random.NextInt32(Words);
            }

            yield return beginning;
        }
    }
}
