using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;
using Unfold.Text;

namespace Unfold.Models;

/// <summary>
/// A text in progress: feeds a model one token after the other at the cost of one step each, however long the text is.
/// </summary>
/// <remarks>
/// A session belongs to one thread at a time; any number of sessions share a model. <see cref="State"/> can be saved and restored, and
/// <see cref="Fork"/> goes on from the same text in two directions.
/// </remarks>
public sealed class LanguageModelSession : NextTokenSession
{
    private readonly Workers _workers;
    private readonly RecurrentStepper[] _layers;
    private readonly float[][] _sums;
    private readonly float[] _logits;
    private double? _normalizer;

    /// <summary>Starts an empty text, from a state of zeros, on the calling thread alone.</summary>
    public LanguageModelSession(LanguageModel model)
        : this(model, new Workers(1))
    {
    }

    /// <summary>Starts an empty text, from a state of zeros.</summary>
    /// <param name="model">The model.</param>
    /// <param name="workers">
    /// Threads that share the products of each step: for wide layers, whose weights do not fit one core's cache, and one text at a time. A team of several serves one session,
    /// with its forks, at a time.
    /// </param>
    public LanguageModelSession(LanguageModel model, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(workers);
        Model = model;
        _workers = workers;
        _layers = [.. model.Stack.Layers.Select(layer => new RecurrentStepper((Recurrent)layer, _workers))];
        _sums = [.. model.Stack.Layers.Select((layer, index) => model.Stack.IsResidual(index) ? new float[layer.OutputSize] : [])];
        _logits = new float[model.Vocabulary.Count];
        State = new StackState([.. _layers.Select(layer => layer.State)]);
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>The state after the text so far. The next token changes it in place: copy it to keep it.</summary>
    public StackState State { get; }

    /// <summary>The logits of the next token; all zero before the first token.</summary>
    public override ReadOnlySpan<float> Logits => _logits;

    /// <inheritdoc/>
    public override double LogProbability(int token)
    {
        RequireToken(token, _logits.Length);
        return _logits[token] - (_normalizer ??= LogSumExp(_logits));
    }

    /// <summary>Feeds one token; <see cref="Logits"/> then holds what comes next.</summary>
    /// <exception cref="ArgumentException">The token is not in the vocabulary.</exception>
    public override void Feed(int token)
    {
        RequireToken(token, _logits.Length);
        _normalizer = null;
        ReadOnlySpan<float> hidden = Model.Embedding is { } embedding
            ? _layers[0].Step(embedding.Row(token))
            : _layers[0].Step(token);
        for (int layer = 1; layer < _layers.Length; layer++)
        {
            ReadOnlySpan<float> output = _layers[layer].Step(hidden);
            if (Model.Stack.IsResidual(layer))
            {
                RowKernels.Sum(hidden, output, _sums[layer]);
                output = _sums[layer];
            }

            hidden = output;
        }

        Model.Output.Compute(_workers, hidden, _logits);
    }

    /// <summary>Goes back to a state and logits that were copied before.</summary>
    /// <exception cref="ArgumentException">They belong to another model.</exception>
    public void Restore(StackState state, ReadOnlySpan<float> logits)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (logits.Length != _logits.Length)
        {
            throw new ArgumentException($"There must be a logit for each of the model's {_logits.Length} tokens; found {logits.Length}: they belong to another model.", nameof(logits));
        }

        State.CopyFrom(state);
        logits.CopyTo(_logits);
        _normalizer = null;
    }

    /// <summary>A second session that stands at the same place of the same text. It shares this one's threads, so the two take turns.</summary>
    public override LanguageModelSession Fork()
    {
        var fork = new LanguageModelSession(Model, _workers);
        fork.Restore(State, _logits);
        return fork;
    }
}
