using System.Text;
using Unfold.Models;
using Unfold.NGrams;
using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Text;

public class GrammarTests
{
    [Fact]
    public void A_hand_worked_grammar_has_its_entropy()
    {
        // "a b" and "a cc" with 3/8 each, "我们 b" and "我们 cc" with 1/8 each.
        Grammar grammar = Grammar.Parse("s = 3*{pair_x} | {pair_y}\n# a comment\n[p: x y] pair_[p] = {[p]} {end}\nx = a\ny = 我们\nend = b | cc");
        Assert.Equal((2 * 0.375 * -Math.Log(0.375)) + (2 * 0.125 * -Math.Log(0.125)), grammar.EntropyPerSentence, 12);
        Assert.Equal((0.375 * 4) + (0.375 * 5) + (0.125 * 5) + (0.125 * 6), grammar.CharactersPerSentence, 12);
        Assert.Equal((0.75 * 3) + (0.25 * 4), grammar.WordsPerSentence, 12);
        Assert.Equal(4, grammar.SentenceCount);
        Assert.Equal(Math.Log(0.125), grammar.LogProbability("我们 cc"), 12);
        Assert.Equal(double.NegativeInfinity, grammar.LogProbability("a c"));
    }

    [Fact]
    public void Two_derivations_of_one_sentence_are_summed() =>
        Assert.Equal(Math.Log((0.25 / 9) + 0.25), Grammar.Parse("s = {x}{x} | ab | c | d\nx = a | b | ab").LogProbability("ab"), 12);

    [Fact]
    public void Rules_that_share_others_are_each_looked_at_once()
    {
        string shared = string.Concat(Enumerable.Range(0, 30).Select(level => $"a{level} = {{a{level + 1}}} | {{a{level + 1}}}b\n"));
        Assert.Equal(Math.Log(31) + (31 * Math.Log(0.5)), Grammar.Parse(shared + "a30 = c | cb").LogProbability("cb"), 9);
    }

    [Theory]
    [InlineData("s = {t}", "uses {t}")]
    [InlineData("s = {s}", "contains itself")]
    [InlineData("s = a\ns = b", "two rules for {s}")]
    [InlineData("s", "is no rule")]
    [InlineData("s = -1*a", "weight")]
    [InlineData("[p a] s = b", "[name: values]")]
    [InlineData("s = {t", "no rule of that name")]
    [InlineData("# nothing", "no rule")]
    public void A_bad_grammar_is_refused(string rules, string expected) =>
        Assert.Contains(expected, Assert.Throws<UnfoldException>(() => Grammar.Parse(rules)).Message, StringComparison.Ordinal);

    [Fact]
    public void No_embedded_sentence_has_two_derivations_and_the_expectations_hold()
    {
        Grammar grammar = Grammar.CreateEmbedded();
        SeededRandom random = new(11);
        WordTokenizer tokenizer = new(LetterCase.Kept);
        const int Samples = 4_000;
        double nats = 0, squares = 0, characters = 0, words = 0;
        StringBuilder text = new();
        for (int i = 0; i < Samples; i++)
        {
            text.Clear();
            double written = grammar.WriteSentence(random, text);
            string sentence = text.ToString();
            Assert.Equal(written, grammar.LogProbability(sentence[..^1]), 9);
            nats -= written;
            squares += written * written;
            characters += sentence.EnumerateRunes().Count();
            IReadOnlyList<string> tokens = tokenizer.Split(sentence);
            words += tokens.Count;
            Assert.Equal(sentence, new Tokenization(TokenKind.Word).CreateJoiner().Join(tokens));
        }

        double deviation = Math.Sqrt((squares / Samples) - (nats / Samples * (nats / Samples)));
        Assert.InRange(nats / Samples, grammar.EntropyPerSentence - (5 * deviation / Math.Sqrt(Samples)), grammar.EntropyPerSentence + (5 * deviation / Math.Sqrt(Samples)));
        Assert.InRange(characters / Samples / grammar.CharactersPerSentence, 0.95, 1.05);
        Assert.InRange(words / Samples / grammar.WordsPerSentence, 0.97, 1.03);
    }

    [Fact]
    public void All_embedded_sentences_differ_and_their_probabilities_give_the_entropy()
    {
        Grammar grammar = Grammar.CreateEmbedded();
        HashSet<string> seen = [];
        double sum = 0, nats = 0, characters = 0;
        foreach ((string sentence, double probability) in grammar.Enumerate())
        {
            Assert.True(seen.Add(sentence), sentence);
            sum += probability;
            nats -= probability * Math.Log(probability);
            characters += probability * (sentence.EnumerateRunes().Count() + 1);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"entropy/sentence {grammar.EntropyPerSentence:F4}, sentences {grammar.SentenceCount}");
        Assert.Equal(grammar.SentenceCount, seen.Count);
        Assert.Equal(1, sum, 9);
        Assert.Equal(nats, grammar.EntropyPerSentence, 9);
        Assert.Equal(characters, grammar.CharactersPerSentence, 8);
    }

    [Fact]
    public void Sampled_sentences_cost_their_entropy()
    {
        Grammar grammar = Grammar.CreateEmbedded();
        SeededRandom random = new(12);
        const int Samples = 200_000;
        double nats = 0, squares = 0;
        StringBuilder text = new();
        for (int i = 0; i < Samples; i++)
        {
            double written = grammar.WriteSentence(random, text);
            nats -= written;
            squares += written * written;
        }

        double mean = nats / Samples;
        double error = Math.Sqrt(((squares / Samples) - (mean * mean)) / Samples);
        TestContext.Current.TestOutputHelper?.WriteLine($"exact {grammar.EntropyPerSentence:F4}, sampled {mean:F4} +- {error:F4}");
        Assert.Equal(grammar.EntropyPerSentence, mean, 5 * error);
        Assert.Equal(grammar.CharactersPerSentence, (double)text.Length / Samples, 0.2);
    }

    [Theory]
    [InlineData(TokenKind.Character)]
    [InlineData(TokenKind.Word)]
    public void No_trigram_comes_near_the_source(TokenKind kind)
    {
        Grammar grammar = Grammar.CreateEmbedded();
        string text = grammar.WriteText(new SeededRandom(1), 500_000);
        Corpus corpus = Corpus.Load(TextSource.FromString(text), new CorpusOptions { Kind = kind, ValidationFraction = 0.1 }, cancellation: TestContext.Current.CancellationToken);
        double nats = LanguageModelScorer.Score(NGramTrainer.Train(corpus.Train, corpus.Vocabulary, new NGramOptions(), cancellation: TestContext.Current.CancellationToken).Model, corpus.Validation, new Workers(1), cancellation: TestContext.Current.CancellationToken).Loss;
        double entropy = kind == TokenKind.Character ? grammar.EntropyPerCharacter : grammar.EntropyPerWord;
        double floor = TrigramFloor(grammar, kind);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kind}: entropy {entropy:F4} (perplexity {Math.Exp(entropy):F3}), trigram {nats:F4} ({Math.Exp(nats):F3}), floor of any trigram {floor:F4} ({Math.Exp(floor):F3}), symbols {corpus.Vocabulary.SymbolCount}, characters/sentence {grammar.CharactersPerSentence:F2}, words/sentence {grammar.WordsPerSentence:F2}, tokens {corpus.Train.Count}");
        Assert.InRange(nats, floor - 0.02, floor + 0.05);
        Assert.True(Math.Exp(floor) > 1.15 * Math.Exp(entropy), $"floor {Math.Exp(floor)}, source {Math.Exp(entropy)}");
    }

    /// <summary>H(X3 | X1 X2), counted on a long text: the least that any model which sees two tokens back can reach.</summary>
    private static double TrigramFloor(Grammar grammar, TokenKind kind)
    {
        string text = grammar.WriteText(new SeededRandom(2), 2_000_000);
        Corpus corpus = Corpus.Load(TextSource.FromString(text), new CorpusOptions { Kind = kind }, cancellation: TestContext.Current.CancellationToken);
        int[] tokens = new int[corpus.Train.Count];
        corpus.Train.Read(0, tokens);
        Dictionary<(int, int, int), int> triples = [];
        Dictionary<(int, int), int> pairs = [];
        for (int i = 2; i < tokens.Length; i++)
        {
            (int, int, int) triple = (tokens[i - 2], tokens[i - 1], tokens[i]);
            triples[triple] = triples.GetValueOrDefault(triple) + 1;
            pairs[(triple.Item1, triple.Item2)] = pairs.GetValueOrDefault((triple.Item1, triple.Item2)) + 1;
        }

        double total = tokens.Length - 2;
        return -triples.Sum(entry => entry.Value / total * Math.Log((double)entry.Value / pairs[(entry.Key.Item1, entry.Key.Item2)]));
    }
}
