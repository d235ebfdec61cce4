namespace Unfold.Pictures;

/// <summary>How the values of an axis are spread over its length.</summary>
public enum AxisScale
{
    /// <summary>Equal differences take equal lengths.</summary>
    Linear,

    /// <summary>Equal ratios take equal lengths; only values above zero have a place.</summary>
    Logarithmic,
}
