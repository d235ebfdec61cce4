using System.Globalization;

namespace Unfold.Rescoring;

/// <summary>A line of a file of hypotheses, which knows where it stands.</summary>
internal sealed record NBestLine(string File, long Number, string Text)
{
    /// <summary>The fields that white space divides.</summary>
    public string[] Fields { get; } = TextUnits.Words(Text);

    /// <summary>A sentence about this line.</summary>
    public UnfoldException Refuse(string wanted) => new($"{File}, line {Number}: {wanted}; found {Shown}.");

    /// <summary>A number that single precision can hold.</summary>
    public double Score(string field, string what) => Finite(field) is { } value && IsScore(value)
        ? value
        : throw Refuse($"{what} must be a finite number of at most 3.4e38 in size, but {(field.Length == 0 ? "nothing" : $"'{field}'")} is none");

    /// <summary>A finite number, or null.</summary>
    public static double? Finite(string field) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    /// <summary>Whether single precision can hold a number: sums of such and their products with a weight are finite in double precision.</summary>
    public static bool IsScore(double value) => float.IsFinite((float)value);

    private string Shown => Text.Length switch
    {
        0 => "an empty line",
        > 60 => $"'{Text.AsSpan(0, 60)}...'",
        _ => $"'{Text}'",
    };
}
