using Unfold.Numerics;

namespace Unfold.Initialization;

/// <summary>
/// Gives a parameter its first values. A matrix has fanIn rows and fanOut columns, row-major: y = x W. The gates of a
/// recurrent cell lie side by side, so fanOut may count several blocks of columns.
/// </summary>
public abstract class Initializer
{
    /// <summary>Glorot and Bengio (2010): uniform in ±sqrt(6 / (fanIn + fanOut)). Keeps the variance of tanh layers, forwards and backwards.</summary>
    public static Initializer GlorotUniform { get; } = new UniformInitializer((fanIn, fanOut) => Math.Sqrt(6.0 / ((double)fanIn + fanOut)));

    /// <summary>Glorot and Bengio (2010): normal with mean 0 and variance 2 / (fanIn + fanOut).</summary>
    public static Initializer GlorotNormal { get; } = new NormalInitializer((fanIn, fanOut) => Math.Sqrt(2.0 / ((double)fanIn + fanOut)));

    /// <summary>He and others (2015): uniform in ±sqrt(6 / fanIn). Keeps the variance of relu layers.</summary>
    public static Initializer HeUniform { get; } = new UniformInitializer((fanIn, _) => Math.Sqrt(6.0 / fanIn));

    /// <summary>He and others (2015): normal with mean 0 and variance 2 / fanIn.</summary>
    public static Initializer HeNormal { get; } = new NormalInitializer((fanIn, _) => Math.Sqrt(2.0 / fanIn));

    /// <summary>
    /// Saxe and others (2014): a random matrix, uniform among the orthogonal ones. The rows are orthonormal, or the columns
    /// where there are fewer columns than rows. Over the gates of a cell it is the whole matrix that is orthogonal, as in
    /// Keras: each gate's own block is gentler, and the first thousand steps go faster for it.
    /// </summary>
    public static Initializer Orthogonal { get; } = new OrthogonalInitializer();

    /// <summary>All values are zero.</summary>
    public static Initializer Zero { get; } = new ConstantInitializer(0);

    /// <summary>Uniform in ±range. PyTorch's recurrent layers use 1 / sqrt(hidden size).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is negative or not finite.</exception>
    public static Initializer Uniform(double range)
    {
        RequireSpread(range, nameof(range));
        return new UniformInitializer((_, _) => range);
    }

    /// <summary>Normal with mean 0.</summary>
    /// <param name="deviation">The standard deviation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is negative or not finite.</exception>
    public static Initializer Normal(double deviation)
    {
        RequireSpread(deviation, nameof(deviation));
        return new NormalInitializer((_, _) => deviation);
    }

    /// <summary>
    /// Le and others (2015), for recurrent weights of relu cells: entry (i, j) is <paramref name="scale"/> where j mod fanIn
    /// is i, and else zero; so each square block of columns is a scaled identity.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not finite.</exception>
    public static Initializer Identity(float scale)
    {
        RequireFinite(scale, nameof(scale));
        return new IdentityInitializer(scale);
    }

    /// <summary>All values are one number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not finite.</exception>
    public static Initializer Constant(float value)
    {
        RequireFinite(value, nameof(value));
        return new ConstantInitializer(value);
    }

    /// <summary>Writes all values. The same generator state gives the same values.</summary>
    /// <param name="values">A matrix, fanIn x fanOut, row-major; a vector goes with every rule that is not about a whole matrix.</param>
    /// <param name="fanIn">The number of inputs that one output is summed from; at least 1.</param>
    /// <param name="fanOut">The number of outputs; at least 1.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <exception cref="ArgumentException">A fan is below 1, or the rule needs a matrix and the values do not fill it.</exception>
    public void Fill(Span<float> values, int fanIn, int fanOut, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (fanIn < 1 || fanOut < 1)
        {
            throw new ArgumentException($"Initial values need at least one input and one output; found {fanIn} and {fanOut}.");
        }

        Write(values, fanIn, fanOut, random);
    }

    /// <summary>Writes all values; the arguments have been checked.</summary>
    private protected abstract void Write(Span<float> values, int fanIn, int fanOut, SeededRandom random);

    /// <summary>Requires values that fill the matrix.</summary>
    private protected static void RequireMatrix(int length, int fanIn, int fanOut, string rule)
    {
        if (length != (long)fanIn * fanOut)
        {
            throw new ArgumentException($"{rule} initial values fill a matrix of {fanIn} x {fanOut}; found {length} values.");
        }
    }

    private static void RequireSpread(double spread, string name)
    {
        if (!(spread >= 0) || !double.IsFinite(spread))
        {
            throw new ArgumentOutOfRangeException(name, FormattableString.Invariant($"The {name} of random initial values must be a finite number of at least 0; found {spread}."));
        }
    }

    private static void RequireFinite(float value, string name)
    {
        if (!float.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(name, FormattableString.Invariant($"The {name} of initial values must be a finite number; found {value}."));
        }
    }
}
