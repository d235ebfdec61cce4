using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Persistence;

public sealed class SafeTensorsFuzzTests
{
    private static readonly FileDamage Damage = FileDamage.OfJson("\"F16\"", "\"dtype\"", "\"__metadata__\"");

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
            byte[] damaged = Damaged(valid, random);
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

    private static byte[] Damaged(byte[] valid, SeededRandom random)
    {
        // Two thirds of the damage goes to the header, where the rules are.
        int header = (int)BitConverter.ToInt64(valid);
        byte[] bytes = random.NextInt32(3) == 0 ? Damage.Apply(valid, random) : Damage.Apply(valid, sizeof(long), header, random);

        // Half of the files get a length that matches the new size, so that the damage reaches the JSON reader.
        int grown = bytes.Length - valid.Length + header;
        if (random.NextInt32(2) == 0 && grown >= 0 && bytes.Length >= sizeof(long))
        {
            BitConverter.TryWriteBytes(bytes, (long)grown);
        }

        return bytes;
    }
}
