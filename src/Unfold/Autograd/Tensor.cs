namespace Unfold.Autograd;

/// <summary>
/// Numbers in managed memory, row-major, single precision. There is nothing to dispose.
/// </summary>
/// <remarks>
/// A tensor that a <see cref="Tape"/> made lives until the tape is reset: its memory then serves the next step, and
/// reading it throws. <see cref="Copy"/> keeps the numbers.
/// </remarks>
public class Tensor
{
    private readonly Tape? _tape;
    private readonly long _step;
    private Memory<float> _values;
    private Memory<float>? _gradient;

    /// <summary>Creates a constant from its values, in memory of its own.</summary>
    /// <exception cref="ArgumentException">The values do not fill the shape.</exception>
    public Tensor(Shape shape, ReadOnlySpan<float> values)
        : this(shape)
    {
        if (values.Length != shape.Length)
        {
            throw new ArgumentException($"A tensor of shape {shape} has {shape.Length} values; found {values.Length}.", nameof(values));
        }

        values.CopyTo(_values.Span);
    }

    /// <summary>Creates a constant of zeros, in memory of its own.</summary>
    public Tensor(Shape shape)
    {
        Shape = shape;
        _values = new float[shape.Length];
    }

    internal Tensor(Shape shape, Memory<float> values, Tape? tape, bool needsGradient)
    {
        Shape = shape;
        _values = values;
        _tape = tape;
        _step = tape?.Step ?? 0;
        NeedsGradient = needsGradient;
    }

    /// <summary>The sizes.</summary>
    public Shape Shape { get; }

    /// <summary>Whether a gradient flows back into this tensor.</summary>
    public bool NeedsGradient { get; }

    /// <summary>The values.</summary>
    /// <exception cref="InvalidOperationException">The tape that made the tensor has been reset.</exception>
    public ReadOnlySpan<float> Values => Span;

    /// <summary>The gradient of the loss with respect to the values, zero until <see cref="Tape.Backward"/> has come by.</summary>
    /// <exception cref="InvalidOperationException">No gradient flows into this tensor, or its tape has been reset.</exception>
    public Span<float> Gradient => GradientMemory.Span;

    /// <summary>The gradient, for threads that share it out.</summary>
    internal Memory<float> GradientMemory
    {
        get
        {
            RequireAlive();
            if (_gradient is null)
            {
                if (!NeedsGradient || _tape is null)
                {
                    throw new InvalidOperationException($"No gradient flows into this tensor of shape {Shape}: it is a constant.");
                }

                _gradient = _tape.Scratch(Shape.Length);
                _gradient.Value.Span.Clear();
            }

            return _gradient.Value;
        }
    }

    /// <summary>Whether a gradient has been asked for, by the backward pass or a reader.</summary>
    internal bool HasGradient => _gradient is not null;

    /// <summary>Counts the calls of <see cref="Edit"/>, so that copies in another order know when they are out of date.</summary>
    internal long Version { get; private set; }

    /// <summary>The values, for a writer that reads them later.</summary>
    internal ReadOnlyMemory<float> Memory => _values;

    private Span<float> Span
    {
        get
        {
            RequireAlive();
            return _values.Span;
        }
    }

    /// <summary>The values, to be written at once.</summary>
    /// <remarks>
    /// Do not keep the span: a layer copies weights into the order that it reads them in, and copies anew only after a call of
    /// this method. What is written through an old span once the weights have been used need not be seen.
    /// </remarks>
    public Span<float> Edit()
    {
        Version++;
        return Span;
    }

    /// <summary>A constant with the same values, in memory of its own.</summary>
    public Tensor Copy() => new(Shape, Values);

    /// <summary>Writes the shape.</summary>
    public override string ToString() => $"{nameof(Tensor)} {Shape}";

    /// <summary>A part of a constant in the same memory, from a row on.</summary>
    internal Tensor Rows(int first, Shape shape) => new(shape, _values.Slice(first * Shape.Columns, shape.Length), _tape, needsGradient: false);

    /// <summary>Gives the tensor other memory for its values and gradient, taking the values along.</summary>
    internal void MoveTo(Memory<float> values, Memory<float> gradient)
    {
        Values.CopyTo(values.Span);
        _values = values;
        _gradient = gradient;
        Version++;
    }

    /// <summary>Whether a tape made this tensor.</summary>
    internal bool IsOf(Tape tape) => _tape == tape;

    /// <summary>Throws where another tape made this tensor, through which no gradient of the given tape finds its way.</summary>
    internal void RequireNotOfAnother(Tape tape)
    {
        if (_tape is not null && _tape != tape)
        {
            throw new InvalidOperationException($"A gradient flows into this tensor of shape {Shape}, which another tape made, and would be lost there: compute it on the tape of the operation, or end the way back with {nameof(Tape.Leaf)} of that tape.");
        }
    }

    private void RequireAlive()
    {
        if (_tape is not null && _tape.Step != _step)
        {
            throw new InvalidOperationException($"This tensor of shape {Shape} belongs to a step that is over: its tape has been reset. Copy it before the reset to keep its values.");
        }
    }
}
