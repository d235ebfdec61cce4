using Unfold.Numerics;

namespace Unfold.Models;

/// <summary>What a network whose output comes back is fed at a step.</summary>
public enum OutputFeedback
{
    /// <summary>The right output of the step before: one step ahead.</summary>
    Targets,

    /// <summary>Its own output of the step before: running free.</summary>
    Outputs,
}

/// <summary>The shape of a <see cref="JordanNetwork"/>, and how it is trained.</summary>
public sealed record JordanNetworkSettings
{
    /// <summary>K, the width of the hidden layer, at least 1.</summary>
    public int Hidden { get; init; } = 64;

    /// <summary>f of the hidden layer.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>The width of the vector of an input symbol; 0 is one-hot, for a single column without variables.</summary>
    public int Embedding { get; init; }

    /// <summary>How often an input symbol must come in the training examples to have a vector of its own, at least 1.</summary>
    public int MinimumCount { get; init; } = 1;

    /// <summary>Feeds the network's own output in training now and then; null feeds the right one always (teacher forcing).</summary>
    public ScheduledSampling? Sampling { get; init; }

    /// <summary>What is fed where the loss is measured, as it chooses the best weights of a fit: by default the network's own output, as where it is used.</summary>
    public OutputFeedback Measured { get; init; } = OutputFeedback.Outputs;

    /// <summary>Throws unless all values are in range.</summary>
    /// <exception cref="UnfoldException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(Hidden, 1, "The width of the hidden layer");
        Require(Embedding, 0, "The embedding size");
        Require(MinimumCount, 1, "The count from which a symbol has a vector of its own");
        if (!Enum.IsDefined(Activation) || !Enum.IsDefined(Measured))
        {
            throw new UnfoldException($"A Jordan network has an activation and a feedback to be measured with that are known; found {Activation} and {Measured}.");
        }

        Sampling?.Validate();
    }

    private static void Require(int value, int least, string what)
    {
        if (value < least)
        {
            throw new UnfoldException($"{what} must be at least {least}; found {value}.");
        }
    }
}
