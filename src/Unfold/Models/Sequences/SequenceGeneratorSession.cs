using Unfold.Autograd;
using Unfold.Layers;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Models;

/// <summary>A <see cref="SequenceGenerator"/> at work: it says what may come next for each input, and is told what does.</summary>
/// <remarks>A session belongs to one thread at a time; any number of sessions share a model.</remarks>
public sealed class SequenceGeneratorSession
{
    private readonly SequenceGenerator _model;
    private readonly Tape _tape;
    private readonly Tensor _input;
    private StackState _state;
    private Tensor _logits;

    /// <summary>Begins a sequence for each input.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">The inputs, a single step each; at least one.</param>
    /// <param name="workers">The threads; one if not set.</param>
    /// <exception cref="UnfoldException">An input is not a single step of the model's schema.</exception>
    public SequenceGeneratorSession(SequenceGenerator model, IReadOnlyList<Sequence> inputs, Workers? workers = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfZero(inputs.Count, nameof(inputs));
        _model = model;
        _tape = new Tape(workers ?? new Workers(1)) { Recording = false };
        _input = model.Input(_tape, inputs, random: null).Copy();
        _state = model.InitialState(_tape, _input).Copy();
        _logits = _input;
        Feed(new int[inputs.Count]);
    }

    /// <summary>The unnormalised log-probabilities of what comes next for an input: number 0 is the end, the others are those of <see cref="SequenceGenerator.Symbols"/>.</summary>
    public ReadOnlySpan<float> Logits(int sequence)
    {
        int width = _model.Symbols.Count;
        return _logits.Values.Slice(sequence * width, width);
    }

    /// <summary>Goes on with a symbol for each input.</summary>
    /// <param name="symbols">Their numbers; a sequence that has ended goes on with 0, and is no longer looked at.</param>
    /// <exception cref="ArgumentException">There is not one symbol an input, or one is not in the table.</exception>
    /// <exception cref="UnfoldException">The model's weights are damaged.</exception>
    public void Feed(ReadOnlySpan<int> symbols)
    {
        if (symbols.Length != _input.Shape[0] || symbols.ContainsAnyExceptInRange(0, _model.Symbols.Count - 1))
        {
            throw new ArgumentException($"Each of the {_input.Shape[0]} inputs goes on with one symbol from 0 to {_model.Symbols.Count - 1}; found {string.Join(", ", symbols.ToArray())}.", nameof(symbols));
        }

        _tape.Reset();
        SequenceOutput output = _model.Run(_tape, _input, symbols.ToArray(), _state, lengths: null, random: null);
        _logits = _model.Output.Projection.Forward(_tape, output.Outputs);
        _state = ((StackState)output.Final).Copy();
        if (OptimizerKernels.FirstNonFinite(_logits.Values) >= 0)
        {
            throw new UnfoldException("What the model writes is no number: its weights are damaged, or the input is far from the training examples.");
        }
    }
}
