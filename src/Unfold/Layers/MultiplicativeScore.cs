namespace Unfold.Layers;

/// <summary>How a multiplicative attention compares a query with a step of the source (Luong et al., 2015).</summary>
public enum MultiplicativeScore
{
    /// <summary>q W m^T with a learned W.</summary>
    General,

    /// <summary>q m^T; query and memory must be of one width.</summary>
    Dot,
}
