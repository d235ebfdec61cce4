namespace Unfold.Cells;

/// <summary>
/// Where the values of one row of an <see cref="ExtendedLstmCell"/> lie: in its gates, and in what a step saves. A part that the
/// options do not need has no width.
/// </summary>
/// <remarks>
/// What a step saves is written on the way forward; on the way back some parts become what the parameters' gradients are sums of,
/// which stands in brackets here.
/// </remarks>
internal sealed class ExtendedLstmLayout
{
    private int _saved, _noise;

    public ExtendedLstmLayout(int units, LstmOptions options)
    {
        (Units, Outputs) = (units, options.OutputSize(units));
        bool projects = options.Projection > 0, normalizes = options.LayerNormalization;
        int first = options.CoupledInputForget ? 0 : 1;
        Blocks = 3 + first;
        Input = new Part(0, first * units);
        Forget = new Part(first * units, units);
        Candidate = new Part((first + 1) * units, units);
        Output = new Part((first + 2) * units, units);
        Cell = Save(units);
        Squashed = Save(units);
        Revealed = Save(projects || options.ZoneoutHidden > 0 ? units : 0);
        Projected = Save(projects ? Outputs : 0);
        Peepholes = Save(options.Peepholes ? (Blocks - 1) * units : 0);
        NormalizedGates = Save(normalizes ? Blocks * units : 0);
        NormalizedCell = Save(normalizes ? units : 0);
        GateGradients = Save(normalizes ? Blocks * units : 0);
        Scales = Save(normalizes ? Blocks + 1 : 0);
        Dropout = Draw(options.RecurrentDropout > 0 ? units : 0);
        ZoneoutCell = Draw(options.ZoneoutCell > 0 ? units : 0);
        ZoneoutHidden = Draw(options.ZoneoutHidden > 0 ? Outputs : 0);
    }

    /// <summary>H.</summary>
    public int Units { get; }

    /// <summary>P, or H without a projection.</summary>
    public int Outputs { get; }

    /// <summary>The number of gates with the candidate: 4, or 3 where one gate is coupled to another.</summary>
    public int Blocks { get; }

    /// <summary>The width of all gates together.</summary>
    public int GatesWidth => Blocks * Units;

    /// <summary>The width of what a step saves.</summary>
    public int SavedWidth => _saved;

    /// <summary>The width of a step's chance.</summary>
    public int NoiseWidth => _noise;

    /// <summary>The gate i; without width where it is coupled to f.</summary>
    public Part Input { get; }

    /// <summary>The gate f.</summary>
    public Part Forget { get; }

    /// <summary>The gates i and f, which lie side by side.</summary>
    public Part InputAndForget => new(0, Forget.Start + Units);

    /// <summary>The candidate g.</summary>
    public Part Candidate { get; }

    /// <summary>The gate o.</summary>
    public Part Output { get; }

    /// <summary>The new cell state before zoneout [the gradient of the cell state's shift].</summary>
    public Part Cell { get; }

    /// <summary>The activation of the new cell state [the gradient of the cell state's gain].</summary>
    public Part Squashed { get; }

    /// <summary>r, the output before projection and zoneout.</summary>
    public Part Revealed { get; }

    /// <summary>The projected output before zoneout [its gradient].</summary>
    public Part Projected { get; }

    /// <summary>[The gradients of the peepholes, in the order i, f, o.]</summary>
    public Part Peepholes { get; }

    /// <summary>The normalized sums of the gates [the gradients of the gains].</summary>
    public Part NormalizedGates { get; }

    /// <summary>The normalized cell state.</summary>
    public Part NormalizedCell { get; }

    /// <summary>[The gradients of the biases.]</summary>
    public Part GateGradients { get; }

    /// <summary>What each normalization has multiplied with, the cell state's last.</summary>
    public Part Scales { get; }

    /// <summary>In a step's chance: what the candidate is multiplied with.</summary>
    public Part Dropout { get; }

    /// <summary>In a step's chance: 1 where c stays what it was, else 0.</summary>
    public Part ZoneoutCell { get; }

    /// <summary>In a step's chance: 1 where h stays what it was, else 0.</summary>
    public Part ZoneoutHidden { get; }

    private Part Save(int width) => Take(ref _saved, width);

    private Part Draw(int width) => Take(ref _noise, width);

    private static Part Take(ref int next, int width)
    {
        var part = new Part(next, width);
        next = checked(next + width);
        return part;
    }

    /// <summary>A part of a row.</summary>
    internal readonly record struct Part(int Start, int Width)
    {
        public Span<float> Of(Span<float> row) => row.Slice(Start, Width);

        public ReadOnlySpan<float> Of(ReadOnlySpan<float> row) => row.Slice(Start, Width);
    }
}
