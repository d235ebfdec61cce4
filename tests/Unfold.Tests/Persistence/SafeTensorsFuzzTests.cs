using System.Text;
using Unfold.Numerics;
using Unfold.Persistence;

namespace Unfold.Tests.Persistence;

public sealed class SafeTensorsFuzzTests
{
    private static readonly string[] Fragments = ["{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0061", "\\ud800", "-", "9223372036854775807", "1e9", "null", "true", "\"F16\"", "\"dtype\"", "\"__metadata__\"", "\0", "é", " "];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_damaged_file_is_either_read_or_refused_with_a_sentence(ulong seed)
    {
        var random = new SeededRandom(seed);
        byte[] valid = ValidFile(random);
        int refused = 0;
        const int cases = 4000;
        for (int i = 0; i < cases; i++)
        {
            byte[] damaged = Damage(valid, random);
            try
            {
                using SafeTensorsFile file = SafeTensorsFile.Open(new MemoryStream(damaged), "fuzz");
                foreach (SafeTensorsEntry entry in file.Entries)
                {
                    Assert.Equal(entry.ByteCount, file.ReadRaw(entry.Name).LongLength);
                }
            }
            catch (UnfoldException failure)
            {
                refused++;
                Assert.StartsWith("Cannot read fuzz: ", failure.Message, StringComparison.Ordinal);
            }
        }

        // Damage inside a tensor's numbers cannot be seen, so some cases are read; most are not.
        Assert.InRange(refused, cases / 2, cases - 1);
    }

    private static byte[] ValidFile(SeededRandom random)
    {
        var writer = new SafeTensorsWriter();
        writer.Add("embedding.weight", Enumerable.Range(0, 12).Select(_ => random.NextSingle()).ToArray(), 4, 3);
        writer.Add("cursor", new long[] { 5, 6 }, 2);
        writer.Add("moments", new double[] { 0.5 });
        writer.Add("generator", new byte[5], 5);
        writer.SetMetadata("settings", "{\"cell\":\"lstm\"}");
        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }

    private static byte[] Damage(byte[] valid, SeededRandom random)
    {
        var bytes = new List<byte>(valid);
        int header = (int)BitConverter.ToInt64(valid);
        int changes = 1 + random.NextInt32(3);
        for (int i = 0; i < changes; i++)
        {
            // Two thirds of the damage goes to the header, where the rules are.
            int at = random.NextInt32(3) == 0 ? random.NextInt32(bytes.Count) : Math.Min(8 + random.NextInt32(header), bytes.Count - 1);
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
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.NextInt32(Fragments.Length)]));
                    break;
                case 5:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 1 + random.NextInt32(60))));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at - (at == 0 ? 1 : 0));
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        // Half of the files get a length that matches the new size, so that the damage reaches the JSON reader.
        int grown = bytes.Count - valid.Length + header;
        if (random.NextInt32(2) == 0 && grown >= 0 && bytes.Count >= 8)
        {
            bytes.RemoveRange(0, 8);
            bytes.InsertRange(0, BitConverter.GetBytes((long)grown));
        }

        return [.. bytes];
    }
}
