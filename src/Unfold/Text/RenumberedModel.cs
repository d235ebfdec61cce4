using Unfold.Numerics;

namespace Unfold.Text;

/// <summary>
/// A model seen through another vocabulary, which has all of its tokens, under other ids, and perhaps more: those have the
/// probability 0, and where a text has one the model reads its symbol for unknown.
/// </summary>
internal sealed class RenumberedModel : NextTokenModel
{
    private const int Absent = -1;

    private readonly NextTokenModel _model;
    private readonly int[] _ids;
    private readonly int[] _read;

    private RenumberedModel(NextTokenModel model, Vocabulary vocabulary, int[] ids)
    {
        _model = model;
        Vocabulary = vocabulary;
        _ids = ids;
        _read = Array.ConvertAll(ids, id => id == Absent ? Vocabulary.UnknownId : id);
    }

    /// <summary>The model over a vocabulary that has its tokens; the model itself where the ids are its own.</summary>
    public static NextTokenModel Of(NextTokenModel model, Vocabulary vocabulary)
    {
        int[] ids = new int[vocabulary.Count];
        Array.Fill(ids, Absent);
        for (int id = 0; id < model.Vocabulary.Count; id++)
        {
            ids[id < Vocabulary.SpecialCount ? id : vocabulary.IdOf(model.Vocabulary[id])] = id;
        }

        return ids.AsSpan().SequenceEqual([.. Enumerable.Range(0, model.Vocabulary.Count)]) ? model : new RenumberedModel(model, vocabulary, ids);
    }

    public override Vocabulary Vocabulary { get; }

    public override NextTokenSession Start() => new Session(this, _model.Start());

    public override NextTokenSession StartLine() => new Session(this, _model.StartLine());

    public override NextTokenSession StartPrompt() => new Session(this, _model.StartPrompt());

    public override double[] LogProbabilities(TokenTree tree, Workers workers, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tree);
        TokenTree read = tree.Map(_read, out int[] nodes);
        double[] values = _model.LogProbabilities(read, workers, progress, cancellation);
        return [.. nodes.Select((node, place) => place > 0 && _ids[tree.Token(place)] == Absent ? double.NegativeInfinity : values[node])];
    }

    private sealed class Session(RenumberedModel model, NextTokenSession inner) : DistributionSession(model._ids.Length)
    {
        public override Session Fork() => new(model, inner.Fork());

        private protected override double LogProbabilityOf(int token) => model._ids[token] == Absent ? double.NegativeInfinity : inner.LogProbability(model._ids[token]);

        private protected override void Take(int token) => inner.Feed(model._read[token]);

        private protected override void Fill(Span<float> logits)
        {
            ReadOnlySpan<float> known = inner.Logits;
            double sum = LogSumExp(known);
            for (int token = 0; token < logits.Length; token++)
            {
                int id = model._ids[token];
                logits[token] = id == Absent ? float.NegativeInfinity : (float)(known[id] - (double.IsNegativeInfinity(sum) ? 0 : sum));
            }
        }
    }
}
