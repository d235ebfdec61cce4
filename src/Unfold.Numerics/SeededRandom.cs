using System.Buffers.Binary;
using System.Numerics;

namespace Unfold.Numerics;

/// <summary>
/// A seeded, splittable generator of random numbers: xoshiro256** (Blackman and Vigna, 2018), seeded through
/// SplitMix64. The same seed gives the same numbers on every machine and operating system.
/// </summary>
/// <remarks>It is passed in wherever chance is needed and never shared through a static. Not thread-safe: split it.</remarks>
public sealed class SeededRandom
{
    /// <summary>The number of bytes that <see cref="WriteState"/> writes.</summary>
    public const int StateBytes = 32;

    private ulong _s0, _s1, _s2, _s3;

    /// <summary>Creates a generator from a seed.</summary>
    public SeededRandom(ulong seed) => Restart(seed);

    /// <summary>Restores a generator from bytes written by <see cref="WriteState"/>.</summary>
    /// <exception cref="ArgumentException">The span is not <see cref="StateBytes"/> long, or all zero.</exception>
    public SeededRandom(ReadOnlySpan<byte> state)
    {
        if (state.Length != StateBytes || state.IndexOfAnyExcept((byte)0) < 0)
        {
            throw new ArgumentException($"A generator state has {StateBytes} bytes that are not all zero; found {state.Length} bytes.", nameof(state));
        }

        _s0 = BinaryPrimitives.ReadUInt64LittleEndian(state);
        _s1 = BinaryPrimitives.ReadUInt64LittleEndian(state[8..]);
        _s2 = BinaryPrimitives.ReadUInt64LittleEndian(state[16..]);
        _s3 = BinaryPrimitives.ReadUInt64LittleEndian(state[24..]);
    }

    /// <summary>Goes on as a generator that was just created from a seed.</summary>
    public void Restart(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    /// <summary>Writes the state, so that a restored generator continues with the same numbers.</summary>
    public void WriteState(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, _s0);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], _s1);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], _s2);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], _s3);
    }

    /// <summary>Returns a new generator whose numbers are independent of the ones this generator goes on to give.</summary>
    public SeededRandom Split() => new(NextUInt64());

    /// <summary>Returns 64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Returns a number that is uniform in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Returns a number that is uniform in [0, 1) with 24 random bits.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1.0f / (1U << 24));

    /// <summary>Returns an integer that is uniform in [0, <paramref name="exclusiveMaximum"/>), without bias (Lemire, 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is not above zero.</exception>
    public long NextInt64(long exclusiveMaximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMaximum);
        ulong n = (ulong)exclusiveMaximum;
        ulong threshold = unchecked(0 - n) % n;
        while (true)
        {
            ulong high = Math.BigMul(NextUInt64(), n, out ulong low);
            if (low >= threshold)
            {
                return (long)high;
            }
        }
    }

    /// <summary>Returns an integer that is uniform in [0, <paramref name="exclusiveMaximum"/>).</summary>
    public int NextInt32(int exclusiveMaximum) => (int)NextInt64(exclusiveMaximum);

    /// <summary>Returns a number from the standard normal distribution (Box and Muller, 1958).</summary>
    public double NextNormal()
    {
        double u = 1.0 - NextDouble();
        return Math.Sqrt(-2.0 * Math.Log(u)) * Math.Cos(2.0 * Math.PI * NextDouble());
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
