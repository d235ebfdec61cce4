namespace Unfold.Bench;

/// <summary>A wrong answer is not timed.</summary>
internal static class Checked
{
    /// <summary>Returns the difference.</summary>
    /// <exception cref="InvalidOperationException">It is above the limit, or not a number.</exception>
    public static double Below(double limit, double difference, string what) => difference < limit
        ? difference
        : throw new InvalidOperationException($"{what} differs by {difference:0.0e+00} from the equations in double precision, more than {limit:0.0e+00}: there is nothing to time.");
}
