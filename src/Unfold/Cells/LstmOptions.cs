using System.Globalization;
using Unfold.Numerics;

namespace Unfold.Cells;

/// <summary>
/// What an LSTM may have beside the plain one, in any combination. The defaults are the plain LSTM; <see cref="ExtendedLstmCell"/>
/// has the equations.
/// </summary>
public sealed record LstmOptions
{
    private static readonly LstmOptions Plain = new();

    /// <summary>
    /// Diagonal weights from the cell state to the gates (Gers et al., 2002): input and forget gate see c_(t-1), the output gate
    /// sees the new cell state.
    /// </summary>
    public bool Peepholes { get; init; }

    /// <summary>P, the width of an output that is projected (Sak et al., 2014), h = r V without a bias; 0 leaves it as wide as c.</summary>
    public int Projection { get; init; }

    /// <summary>The bound of the absolute value of c, which holds before the output gate sees it; 0 for none. See <see cref="IsBound"/>.</summary>
    public double CellClip { get; init; }

    /// <summary>The bound of the absolute value of the projected output; 0 for none. See <see cref="IsBound"/>.</summary>
    public double ProjectionClip { get; init; }

    /// <summary>
    /// The initial bias of the forget gate; 1 lets the gradient through from the start (Gers et al., 2000; Jozefowicz et al., 2015).
    /// See <see cref="IsBias"/>.
    /// </summary>
    public double ForgetBias { get; init; } = 1;

    /// <summary>One gate decides what is forgotten and what comes in its place: i = 1 - f (Greff et al., 2017). There is no gate i then.</summary>
    public bool CoupledInputForget { get; init; }

    /// <summary>The function of the gates i, f and o.</summary>
    public Activation GateActivation { get; init; } = Activation.Sigmoid;

    /// <summary>The function of the candidate g.</summary>
    public Activation CellActivation { get; init; } = Activation.Tanh;

    /// <summary>The function of c on its way to the output.</summary>
    public Activation OutputActivation { get; init; } = Activation.Tanh;

    /// <summary>Whether the sums of each gate and the new cell state are normalized over the units (Ba et al., 2016).</summary>
    public bool LayerNormalization { get; init; }

    /// <summary>
    /// The probability with which a value of the candidate g is dropped in a step of training (Semeniuta et al., 2016), in [0, 1):
    /// what is remembered is never dropped.
    /// </summary>
    public double RecurrentDropout { get; init; }

    /// <summary>
    /// The probability with which a value of h stays what it was in a step of training (Krueger et al., 2017), in [0, 1); in use
    /// the mean of both.
    /// </summary>
    public double ZoneoutHidden { get; init; }

    /// <summary>The same for the values of c.</summary>
    public double ZoneoutCell { get; init; }

    /// <summary>Whether these are the options of a plain LSTM, whatever its forget bias.</summary>
    public bool IsPlain => this with { ForgetBias = Plain.ForgetBias } == Plain;

    /// <summary>Whether a step of training draws at random.</summary>
    public bool UsesChance => RecurrentDropout > 0 || ZoneoutHidden > 0 || ZoneoutCell > 0;

    /// <summary>Whether a cell can be bounded by it: 0 for not at all, or above 0 and in single precision, in which a cell computes, still above 0 and finite.</summary>
    public static bool IsBound(double value) => value >= 0 && IsBias(value);

    /// <summary>Whether it can be a bias: in single precision, in which a cell computes, finite, and 0 only if it is 0.</summary>
    public static bool IsBias(double value) => float.IsFinite((float)value) && ((float)value == 0) == (value == 0);

    /// <summary>The width of the output of a cell of so many units: P, or as many as there are units.</summary>
    public int OutputSize(int units) => Projection == 0 ? units : Projection;

    /// <summary>Writes the options that are not the default, as in "peepholes, projection=3".</summary>
    public override string ToString() => string.Join(", ", Words());

    /// <summary>The options that are not the default, in a fixed order, none with a space.</summary>
    internal IEnumerable<string> Words()
    {
        (string Name, object Value, object Default)[] options =
        [
            ("peepholes", Peepholes, Plain.Peepholes),
            ("projection", Projection, Plain.Projection),
            ("cell-clip", CellClip, Plain.CellClip),
            ("projection-clip", ProjectionClip, Plain.ProjectionClip),
            ("forget-bias", ForgetBias, Plain.ForgetBias),
            ("coupled", CoupledInputForget, Plain.CoupledInputForget),
            ("gate-activation", GateActivation, Plain.GateActivation),
            ("cell-activation", CellActivation, Plain.CellActivation),
            ("output-activation", OutputActivation, Plain.OutputActivation),
            ("layer-norm", LayerNormalization, Plain.LayerNormalization),
            ("recurrent-dropout", RecurrentDropout, Plain.RecurrentDropout),
            ("zoneout-hidden", ZoneoutHidden, Plain.ZoneoutHidden),
            ("zoneout-cell", ZoneoutCell, Plain.ZoneoutCell),
        ];
        return options.Where(option => !option.Value.Equals(option.Default)).Select(option => option.Value switch
        {
            bool => option.Name,
            Activation activation => $"{option.Name}={activation.ToString().ToLowerInvariant()}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{option.Name}={option.Value}"),
        });
    }

    /// <summary>The sentence that says what is wrong with the options of a cell of so many units; null where nothing is.</summary>
    internal string? Problem(int units)
    {
        (double Value, string Name)[] bounds = [(CellClip, "cell clip"), (ProjectionClip, "projection clip")];
        (double Value, string Name)[] chances = [(RecurrentDropout, "recurrent dropout"), (ZoneoutHidden, "zoneout of h"), (ZoneoutCell, "zoneout of c")];
        foreach ((double value, string name) in bounds)
        {
            if (!IsBound(value))
            {
                return string.Create(CultureInfo.InvariantCulture, $"The {name} of an LSTM must be 0 for none, or above and a number that single precision can hold (1.5e-45 to 3.4e38); found {value}.");
            }
        }

        foreach ((double value, string name) in chances)
        {
            if (!(value >= 0 && value < 1))
            {
                return string.Create(CultureInfo.InvariantCulture, $"The probability of {name} of an LSTM must be at least 0 and below 1; found {value}.");
            }
        }

        foreach (Activation activation in (ReadOnlySpan<Activation>)[GateActivation, CellActivation, OutputActivation])
        {
            if (!Enum.IsDefined(activation))
            {
                return $"The activation {(int)activation} of an LSTM is not known.";
            }
        }

        return this switch
        {
            { Projection: < 0 } => $"The projection of an LSTM must be 0 for none, or the width of its output; found {Projection}.",
            { Projection: 0, ProjectionClip: > 0 } => "The projection clip of an LSTM bounds a projected output: choose a projection too, or leave the clip out.",
            { LayerNormalization: true } when units < 2 => $"The layer normalization of an LSTM needs at least 2 units, as one value alone is always its own mean; found {units}.",
            _ when !IsBias(ForgetBias) => string.Create(CultureInfo.InvariantCulture, $"The forget bias of an LSTM must be 0 or a number that single precision can hold (1.5e-45 to 3.4e38); found {ForgetBias}."),
            _ => null,
        };
    }
}
