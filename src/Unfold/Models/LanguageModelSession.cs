using Unfold.Autograd;
using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>
/// A text in progress: feeds a model one token after the other at the cost of one step each, however long the text is.
/// </summary>
/// <remarks>
/// A session belongs to one thread; any number of sessions share a model. <see cref="State"/> can be saved and restored, and
/// <see cref="Fork"/> goes on from the same text in two directions.
/// </remarks>
public sealed class LanguageModelSession
{
    private readonly Tape _tape = new(new Workers(1)) { Recording = false };
    private readonly LanguageModelState _state;
    private readonly float[] _logits;
    private readonly int[] _token = new int[1];

    /// <summary>Starts an empty text, from a state of zeros.</summary>
    public LanguageModelSession(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        _state = model.ZeroState(1);
        _logits = new float[model.Vocabulary.Count];
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>The state after the text so far. It changes with the next token: copy it to keep it.</summary>
    public LanguageModelState State => _state;

    /// <summary>The logits of the next token; all zero before the first token.</summary>
    public ReadOnlySpan<float> Logits => _logits;

    /// <summary>Feeds one token; <see cref="Logits"/> then holds what comes next.</summary>
    /// <exception cref="ArgumentException">The token is not in the vocabulary.</exception>
    public void Feed(int token)
    {
        if ((uint)token >= (uint)_logits.Length)
        {
            throw new ArgumentException($"A token must be from 0 to {_logits.Length - 1}; found {token}.", nameof(token));
        }

        _token[0] = token;
        (Tensor logits, LanguageModelState final) = Model.Logits(_tape, _token, batch: 1, _state);
        logits.Values.CopyTo(_logits);
        _state.CopyFrom(final);
        _tape.Reset();
    }

    /// <summary>Goes back to a state that was copied before.</summary>
    /// <exception cref="ArgumentException">The state belongs to another model.</exception>
    public void Restore(LanguageModelState state, ReadOnlySpan<float> logits)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Layers.Count != _state.Layers.Count || logits.Length != _logits.Length)
        {
            throw new ArgumentException($"The state has {state.Layers.Count} layers and {logits.Length} logits; this model has {_state.Layers.Count} and {_logits.Length}.", nameof(state));
        }

        _state.CopyFrom(state);
        logits.CopyTo(_logits);
    }

    /// <summary>A second session that stands at the same place of the same text.</summary>
    public LanguageModelSession Fork()
    {
        var fork = new LanguageModelSession(Model);
        fork.Restore(_state, _logits);
        return fork;
    }
}
