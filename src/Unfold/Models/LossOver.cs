namespace Unfold.Models;

/// <summary>Which time steps the loss of a window counts.</summary>
public enum LossOver
{
    /// <summary>The mean over all steps.</summary>
    All,

    /// <summary>The last step only: the window is a context of one prediction.</summary>
    Last,
}
