namespace Unfold.Reference;

/// <summary>What a cell carries from step to step, for one sequence, in double precision.</summary>
/// <param name="H">h, (H): the output.</param>
/// <param name="C">c, (M): the state that is not output; empty for a cell without.</param>
public sealed record ReferenceState(double[] H, double[] C);
