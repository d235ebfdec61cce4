namespace Unfold.Layers;

/// <summary>How the layers of a stack are connected.</summary>
public enum StackConnection
{
    /// <summary>Each layer reads the output of the one below: x_(l+1) = y_l.</summary>
    Plain,

    /// <summary>Its own input is added to the output of every layer but the first, where the widths agree: x_(l+1) = y_l + x_l (He et al., 2016).</summary>
    Residual,
}
