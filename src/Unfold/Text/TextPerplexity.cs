namespace Unfold.Text;

/// <summary>
/// How well a model foretells a text, as SRILM's ppl and ppl1 say it, which leave out tokens outside of the vocabulary and those without probability, and with all tokens.
/// </summary>
/// <param name="Sentences">How many ends of sentences were foretold; 0 in running text.</param>
/// <param name="Tokens">How many tokens the text has, ends of sentences and unknown tokens included.</param>
/// <param name="Unknown">
/// How many of them are not in the vocabulary. The token &lt;unk&gt; that stands in a text itself is a word like others, but for a model that gives it no
/// probability: there it is not in the vocabulary either.
/// </param>
/// <param name="LogProbability10">The sum of log10 p over all other tokens that have a probability; what follows an unknown token is foretold from it.</param>
/// <param name="UnknownLogProbability10">The sum of log10 p(&lt;unk&gt;) over the unknown tokens; 0 where there are none, minus infinity where the model gives them no probability.</param>
public sealed record TextPerplexity(long Sentences, long Tokens, long Unknown, double LogProbability10, double UnknownLogProbability10)
{
    /// <summary>How many of the other tokens stand in the text as &lt;unk&gt;.</summary>
    public long WrittenUnknown { get; init; }

    /// <summary>How many of the other tokens the model knows and gives no probability where they stand; the sum of log10 p leaves them out, as SRILM does.</summary>
    public long ZeroProbabilities { get; init; }

    /// <summary>ppl = 10^(-logprob10 / (tokens - unknown - zeroprobs)): with ends of sentences. NaN where no token is left.</summary>
    public double Perplexity => Of(LogProbability10, Tokens - Unknown - ZeroProbabilities);

    /// <summary>ppl1 = 10^(-logprob10 / (tokens - unknown - zeroprobs - sentences)): the same sum shared by the words alone.</summary>
    public double PerplexityWithoutEnds => Of(LogProbability10, Tokens - Unknown - ZeroProbabilities - Sentences);

    /// <summary>10^(-(logprob10 + sum of log10 p(&lt;unk&gt;)) / tokens): all tokens, the unknown ones as &lt;unk&gt;. Infinite where one has no probability.</summary>
    public double PerplexityWithUnknown => ZeroProbabilities > 0 ? double.PositiveInfinity : Of(LogProbability10 + UnknownLogProbability10, Tokens);

    /// <summary>Reads a text once and foretells each token from those before it.</summary>
    /// <param name="model">The model, which says how the text is cut.</param>
    /// <param name="text">The text.</param>
    /// <param name="progress">Called now and then with the share done, in [0, 1].</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="UnfoldException">The text cannot be read, or holds no token, or the model's weights overflow, so that a probability is not a number.</exception>
    public static TextPerplexity Measure(NextTokenModel model, TextSource text, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        Vocabulary vocabulary = model.Vocabulary;
        Tokenizer tokenizer = vocabulary.CreateTokenizer();
        NextTokenSession session = model.Start();
        long sentences = 0, tokens = 0, unknown = 0, written = 0, zeros = 0;
        double nats = 0, unknownNats = 0;
        TokenSink sink = token =>
        {
            int id = vocabulary.IdOf(token);
            tokens++;
            sentences += id == Vocabulary.EndId ? 1 : 0;
            double logProbability = session.LogProbability(id) is var found && !double.IsNaN(found) ? found : throw model.FailureAt(id);
            bool isWritten = token.SequenceEqual(Vocabulary.Specials[Vocabulary.UnknownId]);
            bool isZero = double.IsNegativeInfinity(logProbability);
            if (id == Vocabulary.UnknownId && (!isWritten || isZero))
            {
                unknown++;
                unknownNats += logProbability;
            }
            else if (isZero)
            {
                zeros++;
            }
            else
            {
                written += isWritten ? 1 : 0;
                nats += logProbability;
            }

            session.Feed(id);
        };
        text.Cut(tokenizer, sink, bytes => progress?.Invoke(Math.Min(1, (double)bytes / text.Bytes)), cancellation);
        return tokens > 0
            ? new TextPerplexity(sentences, tokens, unknown, nats / Math.Log(10), unknownNats / Math.Log(10)) { WrittenUnknown = written, ZeroProbabilities = zeros }
            : throw new UnfoldException($"The text {text.Name} holds nothing but white space, but at least one token was wanted.");
    }

    private static double Of(double sum, long count) => count > 0 ? Math.Pow(10, -sum / count) : double.NaN;
}
