using Unfold.Numerics;

namespace Unfold.Autograd;

/// <summary>
/// Records the operations of one step as they happen and walks them backwards for the gradients. It only grows until it is
/// reset, and it is walked by a loop, so a long sequence cannot overflow the stack.
/// </summary>
/// <remarks>One tape serves one thread of control; its operations use all threads of its <see cref="Workers"/>.</remarks>
public sealed class Tape
{
    private readonly Arena _arena;
    private readonly List<Action> _backward = [];
    private bool _recording = true;
    private bool _walked;

    /// <summary>Creates an empty tape.</summary>
    /// <param name="workers">The threads that the operations run on.</param>
    public Tape(Workers workers)
        : this(workers, new Arena())
    {
    }

    /// <summary>Creates an empty tape whose results lie in memory that it is lent.</summary>
    internal Tape(Workers workers, Arena arena)
    {
        ArgumentNullException.ThrowIfNull(workers);
        (Workers, _arena) = (workers, arena);
    }

    /// <summary>The threads that the operations run on.</summary>
    public Workers Workers { get; }

    /// <summary>Whether operations are recorded for a backward pass (the default) or just computed.</summary>
    public bool Recording
    {
        get => _recording;
        init => _recording = value;
    }

    /// <summary>Who is told of the gradients of the states of recurrent layers; nobody where it is not given.</summary>
    internal GradientProbe? Probe { get; init; }

    /// <summary>Counts the resets: a tensor of an earlier step is no longer readable.</summary>
    internal long Step { get; private set; }

    /// <summary>Whether a gradient flows back through an operation: whether the tape records and one of the inputs needs a gradient.</summary>
    /// <param name="inputs">All tensors that the operation reads; null where an optional one is not given.</param>
    /// <exception cref="InvalidOperationException">The tape records, and a gradient flows into an input that another tape made: it would end there in silence.</exception>
    public bool NeedsGradient(params ReadOnlySpan<Tensor?> inputs)
    {
        bool needed = false;
        foreach (Tensor? input in inputs)
        {
            if (_recording && input is { NeedsGradient: true })
            {
                needed = true;
                input.RequireNotOfAnother(this);
            }
        }

        return needed;
    }

    /// <summary>Makes room for the result of an operation; its values are undefined until they are written.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="needsGradient">Whether a gradient flows back through the operation: what <see cref="NeedsGradient"/> says of its inputs.</param>
    public Tensor Result(Shape shape, bool needsGradient) => View(shape, _arena.Allocate(shape.Length), needsGradient);

    /// <summary>A copy of a tensor at which the way back ends: its gradient gathers what comes in, as that of a parameter does.</summary>
    public Tensor Leaf(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Tensor leaf = Result(values.Shape, needsGradient: true);
        values.Values.CopyTo(leaf.Edit());
        return leaf;
    }

    /// <summary>Appends the backward half of an operation, unless its result needs no gradient.</summary>
    public void OnBackward(Tensor result, Action backward)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (result.NeedsGradient)
        {
            _backward.Add(backward);
        }
    }

    /// <summary>Adds the gradient of a loss to the gradients of everything that it was computed from.</summary>
    /// <param name="loss">A single value that this tape computed.</param>
    /// <exception cref="ArgumentException">The loss is not a single value, or not one of this tape.</exception>
    /// <exception cref="InvalidOperationException">The loss depends on no parameter, or the tape does not record, or it has been walked since its last reset.</exception>
    public void Backward(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Shape.Length != 1)
        {
            throw new ArgumentException($"The backward pass starts from a single value; found the shape {loss.Shape}.", nameof(loss));
        }

        if (!loss.NeedsGradient)
        {
            throw new InvalidOperationException("The loss depends on no parameter, or the tape does not record.");
        }

        if (!loss.IsOf(this))
        {
            throw new ArgumentException("The loss was not computed on this tape, so nothing here leads back from it: walk the tape that computed it.", nameof(loss));
        }

        RequireNotWalked();
        loss.Gradient[0] += 1;
        Walk();
    }

    /// <summary>Walks the operations backwards from the gradients that results have been given already.</summary>
    internal void Walk()
    {
        RequireNotWalked();
        _walked = true;
        for (int i = _backward.Count - 1; i >= 0; i--)
        {
            _backward[i]();
        }

        _backward.Clear();
    }

    /// <summary>Says whether the operations from here on are recorded.</summary>
    internal void Record(bool recording) => _recording = recording;

    /// <summary>Forgets all operations and takes back the memory of all results.</summary>
    public void Reset()
    {
        _backward.Clear();
        _walked = false;
        _arena.Reset();
        Step++;
    }

    /// <summary>Memory for what an operation keeps for its backward half, undefined until it is written.</summary>
    internal Memory<float> Scratch(int length) => _arena.Allocate(length);

    /// <summary>A result over memory that an operation has already.</summary>
    internal Tensor View(Shape shape, Memory<float> memory, bool needsGradient) =>
        new(shape, memory, this, needsGradient && Recording);

    // The operations of a step overwrite what they saved with its gradient, so a second walk would find nothing of use.
    private void RequireNotWalked()
    {
        if (_walked)
        {
            throw new InvalidOperationException("The tape has been walked already: add the losses up and walk it once, or reset it and compute the second loss anew.");
        }
    }
}
