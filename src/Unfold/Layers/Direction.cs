namespace Unfold.Layers;

/// <summary>The way in which a layer walks through time.</summary>
public enum Direction
{
    /// <summary>From the first step to the last.</summary>
    Forward,

    /// <summary>From each sequence's own last step to the first; the output of step t stays in the place of step t.</summary>
    Backward,
}
