using System.Text;
using Unfold.Numerics;

namespace Unfold.Tests.Support;

/// <summary>Files that somebody or something has damaged: flipped bits, other digits, cut ends, parts left out, doubled or put in; drawn from a seed.</summary>
/// <param name="fragments">What may be put in: the signs and words that the format gives a meaning, and some that it does not.</param>
internal sealed class FileDamage(params string[] fragments)
{
    private readonly byte[][] _fragments = [.. fragments.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Damage of JSON.</summary>
    /// <param name="further">What may be put in besides what means something in JSON.</param>
    public static FileDamage OfJson(params string[] further) => new(
        ["{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0061", "\\ud800", "-", "9223372036854775807", "1e9", "1e999", "-1", "0.5", "0", "null", "true", "{}", "[]", "\"\"", "\0", "é", " ", .. further]);

    /// <summary>Damages a file in one to three places.</summary>
    /// <param name="valid">The file.</param>
    /// <param name="from">Where the part begins that is damaged.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="random">Draws places and damages.</param>
    public byte[] Apply(ReadOnlySpan<byte> valid, int from, int length, SeededRandom random)
    {
        List<byte> bytes = [.. valid];
        int changes = 1 + random.NextInt32(3);
        for (int i = 0; i < changes && bytes.Count > 0; i++)
        {
            int at = Math.Min(from + random.NextInt32(length), bytes.Count - 1);
            switch (random.NextInt32(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.NextInt32(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.NextInt32(256);
                    break;
                case 2:
                    bytes[at] = (byte)('0' + random.NextInt32(10));
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at - 1, 1 + random.NextInt32(20)));
                    break;
                case 4:
                    bytes.InsertRange(at, _fragments[random.NextInt32(_fragments.Length)]);
                    break;
                case 5:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 1 + random.NextInt32(60))));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Damages a file anywhere in it.</summary>
    public byte[] Apply(ReadOnlySpan<byte> valid, SeededRandom random) => Apply(valid, 0, valid.Length, random);
}
