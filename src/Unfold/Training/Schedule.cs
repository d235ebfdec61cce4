namespace Unfold.Training;

/// <summary>Gives each step its learning rate. The first step has the number 0.</summary>
public abstract class Schedule
{
    private protected Schedule()
    {
    }

    /// <summary>The name on the command line and in files: constant, step, exponential, cosine, plateau or halving.</summary>
    public abstract string Name { get; }

    /// <summary>What the schedule has learned from <see cref="Observe"/>, as finite numbers for a checkpoint; empty where it learns nothing.</summary>
    public virtual IReadOnlyList<double> State => [];

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The number of steps made before this one.</param>
    /// <exception cref="ArgumentException">The step is negative.</exception>
    public double LearningRate(long step)
    {
        Limits.AtLeast(0, step, Name);
        return RateAt(step);
    }

    /// <summary>Tells the schedule the loss on held-out data, whenever it has been measured. Most schedules do not care.</summary>
    public virtual void Observe(double validLoss)
    {
    }

    /// <summary>Takes over what <see cref="State"/> was: the rates that follow are those of the schedule that was saved.</summary>
    /// <exception cref="ArgumentException">The state is not one of this schedule.</exception>
    public virtual void Restore(IReadOnlyList<double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Count != 0)
        {
            throw new ArgumentException($"{Name}: this schedule has no state, but {state.Count} numbers were found.", nameof(state));
        }
    }

    /// <summary>The learning rate of a step that is not negative.</summary>
    private protected abstract double RateAt(long step);
}
