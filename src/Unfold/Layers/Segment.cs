using Unfold.Autograd;
using Unfold.Cells;
using Unfold.Numerics;

namespace Unfold.Layers;

/// <summary>A run of steps of a long sequence.</summary>
/// <param name="Start">The first step.</param>
/// <param name="Steps">The number of steps.</param>
/// <param name="Random">Where chance comes from in training; the same numbers each time that the segment is computed. Null where there is none.</param>
public readonly record struct Segment(int Start, int Steps, SeededRandom? Random)
{
    /// <summary>The step after the last.</summary>
    public int End => Start + Steps;
}

/// <summary>Computes one segment of a long sequence.</summary>
/// <param name="tape">Records the operations. Where it does not (<see cref="Tape.Recording"/>) the loss is not looked at, and need not be computed.</param>
/// <param name="segment">The steps.</param>
/// <param name="initial">The state before them; null stands for zeros, before the first step.</param>
/// <returns>The part of the loss that comes from these steps, a single value, or null where there is none; and the state after them.</returns>
public delegate (Tensor? Loss, SequenceState Final) SegmentStep(Tape tape, Segment segment, SequenceState? initial);
