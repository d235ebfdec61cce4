namespace Unfold.Training;

/// <summary>What becomes of a gradient on its way back through time.</summary>
public enum FlowReading
{
    /// <summary>Over all steps seen it changes by less than a factor of a hundred.</summary>
    Healthy,

    /// <summary>It shrinks to less than a hundredth.</summary>
    Vanishes,

    /// <summary>It grows to more than the hundredfold.</summary>
    Explodes,

    /// <summary>It shrinks over one half of the way and grows over the other, more than tenfold each.</summary>
    Mixed,

    /// <summary>There are too few steps with a gradient to say anything.</summary>
    Unknown,
}
