using System.Runtime.CompilerServices;

namespace Unfold.Numerics.Kernels;

/// <summary>
/// The part of a scan over time that one call computes: some steps in a row, some sequences side by side, some channels of
/// each. A row holds one step of one sequence.
/// </summary>
/// <remarks>The spans that come along with it begin at the row of the first sequence in the first step, with its first channel or not.</remarks>
/// <param name="Steps">The number of steps.</param>
/// <param name="StepRows">The number of rows from one step to the next.</param>
/// <param name="Sequences">The number of sequences, whose rows lie one under the other; at most <paramref name="StepRows"/>.</param>
/// <param name="Width">H, the number of channels of a whole row.</param>
/// <param name="FirstChannel">The first channel.</param>
/// <param name="Channels">The number of channels.</param>
public readonly record struct ScanBlock(int Steps, int StepRows, int Sequences, int Width, int FirstChannel, int Channels)
{
    /// <summary>One step of whole rows.</summary>
    public static ScanBlock OneStep(int rows, int width) => new(1, rows, rows, width, 0, width);

    /// <summary>Requires spans that hold the block: steps of gates and states, and one step of the state before.</summary>
    internal void Require(int gatesLength, int gates, int hiddenLength, int previousLength, [CallerMemberName] string kernel = "")
    {
        if (Steps < 0 || Sequences < 0 || FirstChannel < 0 || Channels < 0 || Width < FirstChannel + Channels || (Steps > 1 && StepRows < Sequences))
        {
            throw new ArgumentException($"{kernel}: there is no such block of a scan: {this}.");
        }

        int rows = Steps == 0 || Sequences == 0 ? 0 : checked(((Steps - 1) * StepRows) + Sequences);
        Lengths.Rows(gatesLength, rows, checked(gates * Width), checked(gates * Width), nameof(gates), kernel);
        Lengths.Rows(hiddenLength, rows, Width, Width, "hidden", kernel);
        Lengths.Rows(previousLength, rows == 0 ? 0 : Sequences, Width, Width, "previous", kernel);
    }
}
