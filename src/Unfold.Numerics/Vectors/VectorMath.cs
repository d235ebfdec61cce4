using System.Runtime.CompilerServices;

namespace Unfold.Numerics.Vectors;

/// <summary>Exponential functions on registers, to about two units in the last place. A NaN stays a NaN.</summary>
internal static class VectorMath
{
    // At the lower end the power is 2^-127, which is written as 0: so far down, e^x is exactly 0. At the upper end it is 2^127.
    private const float Lowest = -88.0f;
    private const float Highest = 88.0f;

    // The coefficients of (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2: Cephes, expf.
    private const float C5 = 1.9875691500e-4f;
    private const float C4 = 1.3981999507e-3f;
    private const float C3 = 8.3334519073e-3f;
    private const float C2 = 4.1665795894e-2f;
    private const float C1 = 1.6666665459e-1f;
    private const float C0 = 5.0000001201e-1f;

    /// <summary>e^x; exactly 0 from -87.7 down, where it is no normal number any more, and e^88 from 88 up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<S, V>(V x)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        x = S.Min(S.Create(Highest), S.Max(S.Create(Lowest), x));
        V fraction = Reduce<S, V>(x, out V power);
        return S.MultiplyAdd(fraction, power, power);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<S, V>(V x)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        V one = S.Create(1);
        return S.Divide(one, S.Add(one, Exp<S, V>(S.Subtract(S.Create(0), x))));
    }

    /// <summary>The hyperbolic tangent as m / (m + 2) with m = e^(2x) - 1, which keeps small arguments exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<S, V>(V x)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        // Beyond 10 the result is 1 in single precision.
        V limit = S.Create(10);
        x = S.Min(limit, S.Max(S.Create(-10), x));
        V fraction = Reduce<S, V>(S.Add(x, x), out V power);
        V m = S.MultiplyAdd(fraction, power, S.Subtract(power, S.Create(1)));
        return S.Divide(m, S.Add(m, S.Create(2)));
    }

    /// <summary>Splits e^x, x from <see cref="Lowest"/> to <see cref="Highest"/>, into (1 + fraction) * power, where power is 2^n and fraction = e^r - 1 with |r| at most ln(2) / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Reduce<S, V>(V x, out V power)
        where S : struct, ISimd<V>
        where V : unmanaged
    {
        V n = S.Round(S.Multiply(x, S.Create(1.44269504088896341f)));

        // ln(2) in two parts, the first with few bits, so that n times it is exact.
        V r = S.MultiplyAdd(n, S.Create(-0.693359375f), x);
        r = S.MultiplyAdd(n, S.Create(2.12194440e-4f), r);
        V p = S.Create(C5);
        p = S.MultiplyAdd(p, r, S.Create(C4));
        p = S.MultiplyAdd(p, r, S.Create(C3));
        p = S.MultiplyAdd(p, r, S.Create(C2));
        p = S.MultiplyAdd(p, r, S.Create(C1));
        p = S.MultiplyAdd(p, r, S.Create(C0));
        power = S.PowerOfTwo(n);
        return S.MultiplyAdd(p, S.Multiply(r, r), r);
    }
}
