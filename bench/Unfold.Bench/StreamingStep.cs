using Unfold.Models;
using Unfold.Numerics;

namespace Unfold.Bench;

/// <summary>One token at a time through the streamed LSTM and its output layer, the state carried, in blocks like the peers'.</summary>
internal sealed class StreamingStep
{
    /// <summary>The peers know it under this name.</summary>
    public const string Name = "stream256";

    /// <summary>The tokens of a block.</summary>
    public const int Block = 100;

    private readonly LanguageModel _model;
    private readonly LanguageModelSession _session;
    private readonly int[] _tokens;

    public StreamingStep(int threads)
    {
        var random = new SeededRandom(6);
        _model = new LanguageModel(Workload.Streamed, Workload.CreateVocabulary(Workload.Symbols), random);
        _session = new LanguageModelSession(_model, new Workers(threads));
        _tokens = [.. Enumerable.Range(0, Block).Select(_ => random.NextInt32(Workload.Symbols))];
    }

    public void Run()
    {
        foreach (int token in _tokens)
        {
            _session.Feed(token);
        }
    }

    /// <summary>The relative difference of a block's cross-entropy from that of the equations in double precision.</summary>
    public double Check()
    {
        var session = new LanguageModelSession(_model);
        double sum = 0;
        for (int i = 0; i + 1 < Block; i++)
        {
            session.Feed(_tokens[i]);
            double normalizer = 0;
            foreach (float logit in session.Logits)
            {
                normalizer += Math.Exp(logit);
            }

            sum += Math.Log(normalizer) - session.Logits[_tokens[i + 1]];
        }

        double expected = new NaiveLanguageModel(_model).Loss(_tokens[..^1], _tokens[1..], batch: 1, rows: 1, LossOver.All);
        return Math.Abs((sum / (Block - 1)) - expected) / expected;
    }
}
