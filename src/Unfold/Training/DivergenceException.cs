namespace Unfold.Training;

/// <summary>Training has diverged: a loss, a gradient or a parameter is NaN or infinite. The last checkpoint is still good.</summary>
public sealed class DivergenceException : UnfoldException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="step">The number of the step.</param>
    /// <param name="parameterName">The first parameter in the order of creation that went bad, or null where none did.</param>
    /// <param name="finding">What was found, without a full stop.</param>
    public DivergenceException(long step, string? parameterName, string finding)
        : base(FormattableString.Invariant($"Training diverged at step {step}: {finding}. Lower the learning rate, or clip the gradients to a smaller norm."))
    {
        Step = step;
        Finding = finding;
        ParameterName = parameterName;
    }

    /// <summary>The number of the step.</summary>
    public long Step { get; }

    /// <summary>What was found, without a full stop.</summary>
    public string Finding { get; }

    /// <summary>The first parameter in the order of creation that went bad, or null where only the loss did.</summary>
    public string? ParameterName { get; }
}
