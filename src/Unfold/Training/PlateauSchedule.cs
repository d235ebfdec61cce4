namespace Unfold.Training;

/// <summary>
/// Lowers the learning rate when the loss on held-out data has stopped falling: after more than
/// <see cref="PlateauOptions.Patience"/> losses in a row without a new best, the rate is multiplied by
/// <see cref="PlateauOptions.Factor"/>. A NaN is never a new best.
/// </summary>
public sealed class PlateauSchedule : Schedule
{
    // Finite, so that the state can be written in any format.
    private const double NoBestYet = double.MaxValue;

    private readonly double _first;
    private readonly PlateauOptions _options;
    private double _best = NoBestYet;
    private long _waits;
    private double _rate;

    /// <summary>Creates the schedule with the default settings.</summary>
    /// <param name="learningRate">The learning rate of the first steps, above 0.</param>
    /// <exception cref="ArgumentException">The learning rate is not a finite number above 0.</exception>
    public PlateauSchedule(double learningRate)
        : this(learningRate, new PlateauOptions())
    {
    }

    /// <summary>Creates the schedule.</summary>
    /// <param name="learningRate">The learning rate of the first steps, above 0.</param>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public PlateauSchedule(double learningRate, PlateauOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Limits.Positive(learningRate, Name);
        Limits.Factor(options.Factor, Name);
        Limits.AtLeast(0, options.Patience, Name);
        Limits.Require(options.Minimum >= 0 && options.Minimum <= learningRate, options.Minimum, Name, nameof(options.Minimum), FormattableString.Invariant($"from 0 to the learning rate {learningRate}"));
        Limits.Decay(options.Threshold, Name);
        _options = options;
        _first = learningRate;
        _rate = learningRate;
    }

    /// <summary>The word <c>plateau</c>.</summary>
    public override string Name => "plateau";

    /// <summary>The best loss, the number of losses since, and the learning rate.</summary>
    public override IReadOnlyList<double> State => [_best, _waits, _rate];

    /// <summary>Compares the loss with the best one, and lowers the rate where patience has run out.</summary>
    public override void Observe(double validLoss)
    {
        // In this form a loss below zero has to fall, too, to be better.
        if (validLoss < _best - (_options.Threshold * Math.Abs(_best)))
        {
            // An infinitely low loss would never be beaten, nor could it be saved.
            _best = Math.Max(validLoss, double.MinValue);
            _waits = 0;
            return;
        }

        _waits++;
        if (_waits > _options.Patience)
        {
            _rate = Math.Max(_rate * _options.Factor, _options.Minimum);
            _waits = 0;
        }
    }

    /// <summary>Takes over what <see cref="State"/> was.</summary>
    /// <exception cref="ArgumentException">The state is not one of this schedule.</exception>
    public override void Restore(IReadOnlyList<double> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Count != 3)
        {
            throw new ArgumentException($"{Name}: the state has three numbers, best loss, waits and learning rate; found {state.Count}.", nameof(state));
        }

        (double best, double waits, double rate) = (state[0], state[1], state[2]);
        Limits.Require(double.IsFinite(best), best, Name, nameof(best), "a finite number");
        Limits.Require(waits >= 0 && waits <= _options.Patience && waits == Math.Floor(waits), waits, Name, nameof(waits), FormattableString.Invariant($"a whole number from 0 to the patience of {_options.Patience}"));
        Limits.Require(rate >= _options.Minimum && rate <= _first, rate, Name, nameof(rate), FormattableString.Invariant($"from the minimum {_options.Minimum} to the learning rate {_first}"));
        (_best, _waits, _rate) = (best, (long)waits, rate);
    }

    private protected override double RateAt(long step) => _rate;
}
