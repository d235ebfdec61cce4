namespace Unfold.Models;

/// <summary>The quantiles of the standard normal distribution (Wichura, 1988, algorithm AS241), right to about 16 digits.</summary>
internal static class NormalQuantile
{
    private const double Centre = 0.425;
    private const double Tail = 5;

    /// <summary>z with P(Z &lt; z) = level.</summary>
    /// <param name="level">Above 0 and below 1.</param>
    public static double Of(double level)
    {
        double q = level - 0.5;
        if (Math.Abs(q) <= Centre)
        {
            double r = (Centre * Centre) - (q * q);
            return q * Ratio(
                r,
                [2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080],
                [5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1]);
        }

        double s = Math.Sqrt(-Math.Log(q < 0 ? level : 1 - level));
        double z = s <= Tail
            ? Ratio(
                s - 1.6,
                [7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.4178072517745061177e-1, 1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734],
                [1.05075007164441684324e-9, 5.475938084995344946e-4, 1.51986665636164571966e-2, 1.4810397642748007459e-1, 6.8976733498510000455e-1, 1.6763848301838038494, 2.05319162663775882187, 1])
            : Ratio(
                s - Tail,
                [2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.2426609473880784386e-3, 2.65321895265761230930e-2, 2.9656057182850489123e-1, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772],
                [2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4, 1.48753612908506148525e-2, 1.3692988092273580531e-1, 5.9983220655588793769e-1, 1]);
        return q < 0 ? -z : z;
    }

    private static double Ratio(double x, ReadOnlySpan<double> numerator, ReadOnlySpan<double> denominator)
    {
        double above = 0, below = 0;
        for (int i = 0; i < numerator.Length; i++)
        {
            above = (above * x) + numerator[i];
            below = (below * x) + denominator[i];
        }

        return above / below;
    }
}
