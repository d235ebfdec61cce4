using Unfold.Numerics;
using Unfold.Text;

namespace Unfold.Tests.Generation;

/// <summary>A model whose next token hangs on the two tokens before it, by a table of random logits.</summary>
internal sealed class PairModel : NextTokenModel
{
    private readonly float[][] _logits;

    public PairModel(string letters, ulong seed, double spread = 1.5)
        : this(new Vocabulary(TokenKind.Character, LetterCase.Kept, letters.Select(letter => letter.ToString())), seed, spread)
    {
    }

    /// <summary>A model of sentences.</summary>
    public static PairModel OfSentences(string letters, ulong seed) =>
        new(new Vocabulary(new Tokenization(TokenKind.Character) { Mode = TextMode.Sentences }, letters.Select(letter => letter.ToString())), seed, spread: 1.5);

    private PairModel(Vocabulary vocabulary, ulong seed, double spread)
    {
        Vocabulary = vocabulary;
        var random = new SeededRandom(seed);
        _logits = [.. Enumerable.Range(0, vocabulary.Count * vocabulary.Count).Select(_ => Enumerable.Range(0, vocabulary.Count).Select(_ => (float)(3 + (spread * random.NextNormal()))).ToArray())];
    }

    public override Vocabulary Vocabulary { get; }

    public override NextTokenSession Start() => new Session(this, Vocabulary.BeginId, Vocabulary.BeginId);

    /// <summary>Makes all tokens impossible after these two.</summary>
    public void LetNothingFollow(string first, string second) => Array.Fill(_logits[(Vocabulary.IdOf(first) * Vocabulary.Count) + Vocabulary.IdOf(second)], float.NegativeInfinity);

    /// <summary>ln p of tokens after a prompt, one by one.</summary>
    public double LogProbability(IEnumerable<int> prompt, IEnumerable<int> tokens)
    {
        NextTokenSession session = StartLine();
        foreach (int token in prompt)
        {
            session.Feed(token);
        }

        double sum = 0;
        foreach (int token in tokens)
        {
            double[] logits = [.. session.Logits.ToArray().Select(logit => (double)logit)];
            sum += logits[token] - Math.Log(logits.Sum(Math.Exp));
            session.Feed(token);
        }

        return sum;
    }

    private sealed class Session(PairModel model, int before, int last) : NextTokenSession
    {
        private int _before = before, _last = last;

        public override ReadOnlySpan<float> Logits => model._logits[(_before * model.Vocabulary.Count) + _last];

        public override double LogProbability(int token)
        {
            double sum = 0;
            foreach (float logit in Logits)
            {
                sum += Math.Exp(logit);
            }

            return Logits[token] - Math.Log(sum);
        }

        public override void Feed(int token) => (_before, _last) = (_last, token);

        public override NextTokenSession Fork() => new Session(model, _before, _last);
    }
}
