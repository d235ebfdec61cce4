using System.Globalization;

namespace Unfold.Models;

/// <summary>What settings say of a value that is out of range.</summary>
internal static class Setting
{
    /// <summary>Throws unless a value is in its range.</summary>
    /// <param name="good">Whether it is.</param>
    /// <param name="what">What it is, as a sentence begins.</param>
    /// <param name="wanted">The range.</param>
    /// <param name="found">The value.</param>
    /// <exception cref="UnfoldException">It is not.</exception>
    public static void Require(bool good, string what, string wanted, IFormattable found)
    {
        if (!good)
        {
            throw new UnfoldException($"{what} must be {wanted}; found {found.ToString(null, CultureInfo.InvariantCulture)}.");
        }
    }
}
