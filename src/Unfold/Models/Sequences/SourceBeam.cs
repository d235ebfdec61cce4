using Unfold.Autograd;
using Unfold.Numerics.Kernels;

namespace Unfold.Models;

/// <summary>The hypotheses of one source in a beam search.</summary>
internal sealed class SourceBeam
{
    private readonly TargetDecoder _decoder;
    private readonly DecodingOptions _options;
    private readonly int _sourceLength;
    private readonly int _limit;
    private readonly List<Hypothesis> _ended = [];
    private int _length;

    /// <summary>Starts with the empty hypothesis.</summary>
    public SourceBeam(TargetDecoder decoder, DecodingOptions options, int sourceLength, int row)
    {
        (_decoder, _options, _sourceLength, _limit) = (decoder, options, sourceLength, options.Limit(sourceLength));
        Live = [new Node(null, decoder.End, 0, row, default)];
    }

    /// <summary>The hypotheses that have not ended, the most probable first.</summary>
    public List<Node> Live { get; private set; }

    /// <summary>Whether all have ended.</summary>
    public bool IsDone => Live.Count == 0;

    /// <summary>Goes one symbol further.</summary>
    /// <param name="logits">Those of hypothesis k in row k * batch + place.</param>
    /// <param name="weights">Those of the attention in the same rows.</param>
    /// <param name="batch">The number of sources of this step.</param>
    /// <param name="place">The place of this source among them.</param>
    public void Advance(Tensor logits, Tensor? weights, int batch, int place)
    {
        _length++;
        var live = new List<Node>();
        foreach ((Node parent, int symbol, double logProbability, int row) in Best(logits, batch, place))
        {
            if (symbol == _decoder.End)
            {
                _ended.Add(Result(parent, logProbability, _length, isComplete: true));
                continue;
            }

            ReadOnlyMemory<float> attention = weights is null ? default : weights.Values.Slice(row * weights.Shape.Columns, _sourceLength).ToArray();
            live.Add(new Node(parent, symbol, logProbability, row, attention));
        }

        if (_length == _limit)
        {
            _ended.AddRange(live.Select(node => Result(node, node.LogProbability, _length, isComplete: false)));
            live.Clear();
        }

        Live = live;
    }

    /// <summary>All that have ended: complete ones before those that were cut off, and each by score.</summary>
    public IReadOnlyList<Hypothesis> Hypotheses() => [.. _ended.OrderByDescending(hypothesis => hypothesis.IsComplete).ThenByDescending(hypothesis => hypothesis.Score)];

    /// <summary>The most probable continuations: one for each place of the beam that no ended hypothesis holds.</summary>
    private List<(Node Parent, int Symbol, double LogProbability, int Row)> Best(Tensor logits, int batch, int place)
    {
        int classes = logits.Shape.Columns, wanted = _options.Beam - _ended.Count;
        var best = new BestContinuations(wanted);
        for (int k = 0; k < Live.Count; k++)
        {
            // The unknown has no symbol to be written with: it is left out of the softmax.
            Span<float> row = logits.Edit().Slice((((k * batch) + place) * classes) + 1, classes - 1);
            double total = SoftmaxKernels.LogSumExp(row);
            float least = float.NegativeInfinity;
            for (int i = 0; i < row.Length; i++)
            {
                if (row[i] > least && !best.Offer(k, i + 1, Live[k].LogProbability + row[i] - total, handicap: 0))
                {
                    // No smaller logit of this row can come in any more.
                    least = row[i];
                }
            }
        }

        return [.. best.Take().Select(entry => (Live[entry.Parent], entry.Symbol, entry.Score, (entry.Parent * batch) + place))];
    }

    private Hypothesis Result(Node last, double logProbability, int symbols, bool isComplete)
    {
        var written = new List<string>();
        var attention = new List<ReadOnlyMemory<float>>();
        for (Node node = last; node.Parent is not null; node = node.Parent)
        {
            written.Add(_decoder.Symbols.Symbols[node.Symbol - 1]);
            attention.Add(node.Attention);
        }

        written.Reverse();
        attention.Reverse();
        return new Hypothesis(written, logProbability, _options.Score(logProbability, symbols), isComplete, _decoder.Attention is null ? [] : attention);
    }

    /// <summary>A hypothesis by its last symbol.</summary>
    /// <param name="Parent">The hypothesis without it; null for the empty one.</param>
    /// <param name="Symbol">Its number.</param>
    /// <param name="LogProbability">Of all symbols.</param>
    /// <param name="Row">The row of the state from which the next symbol goes on.</param>
    /// <param name="Attention">The weights of the source's steps when the symbol was written.</param>
    internal sealed record Node(Node? Parent, int Symbol, double LogProbability, int Row, ReadOnlyMemory<float> Attention);
}
