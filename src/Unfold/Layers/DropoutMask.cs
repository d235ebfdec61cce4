namespace Unfold.Layers;

/// <summary>How often <see cref="Dropout"/> draws what it drops.</summary>
public enum DropoutMask
{
    /// <summary>Anew for each step of time (Zaremba et al., 2014).</summary>
    Independent,

    /// <summary>Once for all steps of a window, each sequence for itself: variational dropout (Gal and Ghahramani, 2016).</summary>
    Locked,
}
