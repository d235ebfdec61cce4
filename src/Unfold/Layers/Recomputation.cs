using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Numerics;
using Unfold.Numerics.Kernels;

namespace Unfold.Layers;

/// <summary>
/// Back-propagation through a long sequence in the memory of a short one (Chen et al., 2016; Gruslys et al., 2016). T steps
/// are cut into segments of K: the first pass keeps nothing but the states between them; the second takes the segments from
/// the last to the first, computes each anew, and hands the gradient of its initial state to the one before.
/// </summary>
/// <remarks>
/// <para>
/// It is the gradient of the whole sequence, nothing is truncated. Memory for K steps and T / K states takes the place of
/// memory for T steps, least of all where K is about the root of T; the price is one more forward pass.
/// </para>
/// <para>
/// The loss must be a sum over segments: that of the last step is one, which only the last segment has. A bidirectional layer
/// reads the whole sequence before its first output and cannot be cut.
/// </para>
/// </remarks>
public sealed class Recomputation
{
    private readonly Tape _tape;
    private readonly int _segmentSteps;

    /// <summary>Prepares the memory, which every run uses again.</summary>
    /// <param name="workers">The threads that the operations run on.</param>
    /// <param name="segmentSteps">K, the steps of a segment; 0 for the root of T.</param>
    /// <exception cref="ArgumentOutOfRangeException">K is negative.</exception>
    public Recomputation(Workers workers, int segmentSteps = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(segmentSteps);
        _tape = new Tape(workers);
        _segmentSteps = segmentSteps;
    }

    /// <summary>Adds the gradient of the loss to the gradients of the parameters, and of the initial state where it is made of parameters.</summary>
    /// <param name="steps">T.</param>
    /// <param name="step">Computes a segment; it must do the same each time that it is called with the same segment.</param>
    /// <param name="initial">The state before the first step; it is given to the first segment as it is.</param>
    /// <param name="random">Where chance comes from in training; one number is drawn a segment.</param>
    /// <returns>The sum of the losses of all segments, and the state after the last one.</returns>
    /// <exception cref="InvalidOperationException">No segment has a loss that depends on a parameter.</exception>
    public (double Loss, SequenceState Final) Backward(int steps, SegmentStep step, SequenceState? initial = null, SeededRandom? random = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        ArgumentNullException.ThrowIfNull(step);
        int length = _segmentSteps > 0 ? _segmentSteps : (int)Math.Ceiling(Math.Sqrt(steps));
        var seeds = new ulong?[(steps + length - 1) / length];
        for (int i = 0; i < seeds.Length; i++)
        {
            seeds[i] = random?.NextUInt64();
        }

        Segment Cut(int i) => new(i * length, Math.Min(length, steps - (i * length)), seeds[i] is { } seed ? new SeededRandom(seed) : null);
        SequenceState?[] initials = Borders(seeds.Length, Cut, step, initial);
        return Walk(initials, Cut, step);
    }

    /// <summary>The first pass: the state before each segment.</summary>
    private SequenceState?[] Borders(int segments, Func<int, Segment> cut, SegmentStep step, SequenceState? initial)
    {
        var initials = new SequenceState?[segments];
        initials[0] = initial;
        _tape.Record(false);
        for (int i = 0; i < segments - 1; i++)
        {
            _tape.Reset();
            initials[i + 1] = step(_tape, cut(i), initials[i]).Final.Copy();
        }

        return initials;
    }

    /// <summary>The second pass, from the last segment to the first.</summary>
    private (double Loss, SequenceState Final) Walk(SequenceState?[] initials, Func<int, Segment> cut, SegmentStep step)
    {
        double sum = 0;
        bool walked = false;
        SequenceState? last = null;
        float[]?[] carried = [];
        _tape.Record(true);
        for (int i = initials.Length - 1; i >= 0; i--)
        {
            _tape.Reset();
            SequenceState? initial = i == 0 ? initials[0] : initials[i]!.Map(_tape.Leaf);
            (Tensor? loss, SequenceState final) = step(_tape, cut(i), initial);
            last ??= final.Copy();
            sum += loss?.Values[0] ?? 0;
            bool reached = AddGradients(final, carried);
            if (loss is { NeedsGradient: true })
            {
                _tape.Backward(loss);
                walked = true;
            }
            else if (reached)
            {
                _tape.Walk();
            }

            carried = i == 0 ? [] : [.. initial!.Parts.Select(part => part.Values.HasGradient ? part.Values.Gradient.ToArray() : null)];
            initials[i] = null;
        }

        _tape.Reset();
        return walked ? (sum, last!) : throw new InvalidOperationException("No segment has a loss that depends on a parameter: return one from the segments that have a part in it.");
    }

    /// <summary>Hands the gradients that the next segment found for its initial state to the final state that it came from.</summary>
    private static bool AddGradients(SequenceState final, float[]?[] gradients)
    {
        bool reached = false;
        for (int part = 0; part < gradients.Length; part++)
        {
            Tensor tensor = final.Parts[part].Values;
            if (gradients[part] is { } gradient && tensor.NeedsGradient)
            {
                RowKernels.Add(gradient, tensor.Gradient);
                reached = true;
            }
        }

        return reached;
    }
}
