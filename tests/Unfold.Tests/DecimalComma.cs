using System.Globalization;
using System.Runtime.CompilerServices;

namespace Unfold.Tests;

/// <summary>All tests run where people write 1.234,5: what the library writes and says must not depend on it.</summary>
internal static class DecimalComma
{
    [ModuleInitializer]
    internal static void Use()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
        culture.NumberFormat.PositiveInfinitySymbol = "∞";
        (CultureInfo.DefaultThreadCurrentCulture, CultureInfo.CurrentCulture) = (culture, culture);
    }
}
