using Unfold.Autograd;
using Unfold.Numerics;

namespace Unfold.Training;

/// <summary>
/// Moves parameters against their gradients. What it remembers from step to step (its moments) belongs to this instance, is
/// laid out as <see cref="ParameterSet.Values"/>, and comes into being at the first step.
/// </summary>
/// <remarks>The formulas and the place of epsilon are PyTorch's. The numbers do not depend on the number of threads.</remarks>
public abstract class Optimizer
{
    private readonly string[] _momentNames;
    private (string Name, Memory<float> Values)[] _moments = [];

    private protected Optimizer(params string[] momentNames) => _momentNames = momentNames;

    /// <summary>The name on the command line and in files: sgd, momentum, nesterov, rmsprop, adagrad, adam or adamw.</summary>
    public abstract string Name { get; }

    /// <summary>The number of steps made.</summary>
    public long Steps { get; private set; }

    /// <summary>What a checkpoint keeps beside <see cref="Steps"/>: empty before the first step, and always for plain descent.</summary>
    public IReadOnlyList<(string Name, Memory<float> Values)> Moments => _moments;

    /// <summary>Moves the parameters one step.</summary>
    /// <param name="parameters">The parameters with their gradients; the same set at every step.</param>
    /// <param name="learningRate">The learning rate of this step, at least 0.</param>
    /// <param name="gradientScale">The factor of the gradients, at least 0, from <see cref="Clipping"/>; 1 leaves them as they are.</param>
    /// <param name="workers">The threads.</param>
    /// <exception cref="ArgumentException">The learning rate or the factor is negative or not finite, or the moments are those of another model. Nothing has changed then.</exception>
    public void Step(ParameterSet parameters, double learningRate, float gradientScale, Workers workers)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(workers);
        Limits.NotNegative(learningRate, Name);
        Limits.NotNegative(gradientScale, Name);
        int length = parameters.Values.Length;
        if (_moments.Length < _momentNames.Length)
        {
            _moments = CreateMoments(length);
        }
        else if (_moments.Length > 0 && _moments[0].Values.Length != length)
        {
            throw new ArgumentException($"{Name}: the moments hold {_moments[0].Values.Length} values, but the parameters {length}; an optimizer serves one model.", nameof(parameters));
        }

        Steps++;
        Update(parameters.Edit(), parameters.Gradients, learningRate, gradientScale, workers);
    }

    /// <summary>Takes over the moments and the step count of a checkpoint: the steps that follow are bit-equal to those of the optimizer that was saved.</summary>
    /// <param name="parameters">The parameters that will be moved.</param>
    /// <param name="steps">What <see cref="Steps"/> was.</param>
    /// <param name="moments">What <see cref="Moments"/> was, in any order; the values are copied.</param>
    /// <exception cref="ArgumentException">The moments are not those of this optimizer, or do not fit the parameters. Nothing has changed then.</exception>
    public void Restore(ParameterSet parameters, long steps, IReadOnlyList<(string Name, ReadOnlyMemory<float> Values)> moments)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(moments);
        Limits.AtLeast(0, steps, Name);
        int wanted = steps == 0 ? 0 : _momentNames.Length;
        if (moments.Count != wanted)
        {
            throw new ArgumentException($"{Name}: after {steps} steps there are {wanted} moments; found {moments.Count}.", nameof(moments));
        }

        int length = parameters.Values.Length;
        (string Name, Memory<float> Values)[] restored = wanted == 0 ? [] : CreateMoments(length);
        foreach ((string name, Memory<float> values) in restored)
        {
            int at = IndexOf(name, moments);
            if (at < 0)
            {
                throw new ArgumentException($"{Name}: the moment '{name}' is missing; found '{string.Join("', '", moments.Select(m => m.Name))}'.", nameof(moments));
            }

            ReadOnlyMemory<float> saved = moments[at].Values;
            if (saved.Length != length)
            {
                throw new ArgumentException($"{Name}: the moment '{name}' must hold {length} values as the parameters do; found {saved.Length}.", nameof(moments));
            }

            saved.CopyTo(values);
        }

        _moments = restored;
        Steps = steps;
    }

    /// <summary>Makes one step; <see cref="Steps"/> counts it already, and the moments are there.</summary>
    private protected abstract void Update(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate, float gradientScale, Workers workers);

    /// <summary>The values of a moment, by its place among the names given to the constructor.</summary>
    private protected Span<float> Moment(int index) => _moments[index].Values.Span;

    private static int IndexOf(string name, IReadOnlyList<(string Name, ReadOnlyMemory<float> Values)> moments)
    {
        for (int i = 0; i < moments.Count; i++)
        {
            if (moments[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private (string Name, Memory<float> Values)[] CreateMoments(int length) =>
        [.. _momentNames.Select(name => (name, PinnedMemory.Allocate(length, Initial.Zero)))];
}
