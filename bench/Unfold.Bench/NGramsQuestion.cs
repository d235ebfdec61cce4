using System.Diagnostics;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Text;

namespace Unfold.Bench;

/// <summary>How long does a 5-gram model of a million words take, and how many questions does it answer?</summary>
internal static class NGramsQuestion
{
    private const int Order = 5, Words = 10_000, SentenceLength = 22;
    private const int FullTokens = 930_000, QuickTokens = 20_000, Asked = 80_000;
    private const double SecondsTarget = 20, QueriesTarget = 1e6;

    public static void Run(Options options)
    {
        Console.WriteLine($"n-grams: order {Order}, {Words} words as frequent as Zipf says, sentences of {SentenceLength}, as many tokens as the Penn Treebank");
        Machine.Print(options);
        var vocabulary = new Vocabulary(new Tokenization(TokenKind.Space) { Mode = TextMode.Sentences }, Enumerable.Range(0, Words).Select(index => $"w{index}"));
        var random = new SeededRandom(1);
        TokenStore tokens = TokenStore.FromTokens(Draw(random, options.Quick ? QuickTokens : FullTokens), vocabulary.Count);
        int[] asked = Draw(random, Asked);

        long start = Stopwatch.GetTimestamp();
        NGramModel trained = NGramTrainer.Train(tokens, vocabulary, new NGramOptions { Order = Order }).Model;
        double training = Stopwatch.GetElapsedTime(start).TotalSeconds;
        using var folder = new TemporaryFolder();
        string path = folder.File("model.bin");
        NGramFile.Write(path, trained);
        NGramModel mapped = NGramFile.Read(path);
        Console.WriteLine($"  check        probabilities sum to 1: difference {Checked.Below(1e-4, Sums(mapped, asked), "a sum"):0.0e+00}; the mapped file answers as the model does: difference {Checked.Below(1e-300, Math.Abs(Ask(trained, asked) - Ask(mapped, asked)), "the file"):0}");

        var table = new Table("", "found", "target");
        table.Add("tokens", Table.Number(tokens.Count, 0));
        table.Add("n-grams", Table.Number(Enumerable.Range(1, Order).Sum(length => (long)trained.Count(length)), 0));
        table.Add("counting and estimating", $"{Table.Number(training, 1)} s", Target.AtMost(SecondsTarget, training, 0, " s"));
        foreach ((string name, NGramModel model) in ((string, NGramModel)[])[("in memory", trained), ("mapped", mapped)])
        {
            var samples = new Samples();
            for (int i = 0; i < options.Repeats; i++)
            {
                samples.Time(() => Ask(model, asked));
            }

            double queries = asked.Length / samples.Median;
            table.Add($"questions a second on one core, {name}", $"{Table.Number(queries, 0)}, best {Table.Number(asked.Length / samples.Best, 0)}", Target.AtLeast(QueriesTarget, queries, 0));
        }

        table.Print();
    }

    /// <summary>The log-probability of a text: a question and a step for each token.</summary>
    private static double Ask(NGramModel model, int[] text)
    {
        NGramSession session = model.Start();
        double sum = 0;
        foreach (int token in text)
        {
            sum += session.LogProbability(token);
            session.Feed(token);
        }

        return sum;
    }

    /// <summary>The largest difference from 1 of the sum over the vocabulary, at a few places of a text.</summary>
    private static double Sums(NGramModel model, int[] text)
    {
        NGramSession session = model.Start();
        double largest = 0;
        for (int at = 0; at < 20 * SentenceLength; at++)
        {
            session.Feed(text[at]);
            if (at % SentenceLength == at / SentenceLength)
            {
                double sum = 0;
                foreach (float logit in session.Logits)
                {
                    sum += Math.Exp(logit);
                }

                largest = Math.Max(largest, Math.Abs(sum - 1));
            }
        }

        return largest;
    }

    /// <summary>Sentences of words whose frequency falls as 1 over their rank; each second word follows from the one before, so that long n-grams come again.</summary>
    private static int[] Draw(SeededRandom random, int tokens)
    {
        int[] text = new int[tokens];
        for (int at = 0; at < tokens; at++)
        {
            int rank = (int)Math.Pow(Words, random.NextDouble()) - 1;
            bool follows = at % SentenceLength > 0 && random.NextInt32(2) == 0;
            int word = follows ? (text[at - 1] * 31) % 997 : rank;
            text[at] = at % SentenceLength == SentenceLength - 1 ? Vocabulary.EndId : Vocabulary.SpecialCount + word;
        }

        return text;
    }
}
