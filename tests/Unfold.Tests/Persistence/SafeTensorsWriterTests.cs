using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Unfold.Persistence;

namespace Unfold.Tests.Persistence;

public sealed class SafeTensorsWriterTests
{
    [Fact]
    public void Writes_the_bytes_that_the_format_prescribes()
    {
        var writer = new SafeTensorsWriter();
        writer.Add("b", new byte[] { 7, 8, 9 }, 3);
        writer.Add("z", new float[] { 1.5f, -2f }, 2, 1);
        writer.Add("a", new float[] { 0.25f });
        writer.Add("n", new long[] { -3 }, 1);
        writer.Add("d", new double[] { 0.1 }, 1, 1, 1);
        writer.SetMetadata("epoch", "三");

        // Widest first (I64 before F64 as the reference ranks them), then by name.
        byte[] data =
        [
            0xFD, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
            0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F,
            0x00, 0x00, 0x80, 0x3E,
            0x00, 0x00, 0xC0, 0x3F, 0x00, 0x00, 0x00, 0xC0,
            7, 8, 9,
        ];
        string json = """{"__metadata__":{"data_sha256":"HASH","epoch":"三","format":"pt"},"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"d":{"dtype":"F64","shape":[1,1,1],"data_offsets":[8,16]},"a":{"dtype":"F32","shape":[],"data_offsets":[16,20]},"z":{"dtype":"F32","shape":[2,1],"data_offsets":[20,28]},"b":{"dtype":"U8","shape":[3],"data_offsets":[28,31]}}""".Replace("HASH", Convert.ToHexStringLower(SHA256.HashData(data)), StringComparison.Ordinal);
        int padded = (Encoding.UTF8.GetByteCount(json) + 7) / 8 * 8;
        var expected = new List<byte>(8 + padded + 31);
        byte[] number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, padded);
        expected.AddRange(number);
        expected.AddRange(Encoding.UTF8.GetBytes(json));
        expected.AddRange(Enumerable.Repeat((byte)' ', padded - Encoding.UTF8.GetByteCount(json)));
        expected.AddRange(data);
        Assert.Equal(expected, Bytes(writer));
    }

    [Fact]
    public void The_order_of_adding_changes_no_byte()
    {
        var forward = new SafeTensorsWriter();
        var backward = new SafeTensorsWriter();
        string[] names = ["b", "a", "\U0001F600", "\uFF21", "ab", "B"];
        foreach (string name in names)
        {
            forward.Add(name, new float[] { name.Length, 3 }, 2);
            forward.SetMetadata(name, "x");
        }

        foreach (string name in names.Reverse())
        {
            backward.Add(name, new float[] { name.Length, 3 }, 2);
            backward.SetMetadata(name, "x");
        }

        Assert.Equal(Bytes(forward), Bytes(backward));
        using SafeTensorsFile file = SafeTensorsFile.Open(new MemoryStream(Bytes(forward)), "memory");
        Assert.Equal(["B", "a", "ab", "b", "\uFF21", "\U0001F600"], file.Entries.Select(entry => entry.Name));
    }

    [Fact]
    public void An_empty_file_is_a_file()
    {
        using SafeTensorsFile file = SafeTensorsFile.Open(new MemoryStream(Bytes(new SafeTensorsWriter())), "memory");
        Assert.Empty(file.Entries);
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void Memory_is_read_when_the_file_is_written()
    {
        float[] weights = [1, 2, 3];
        var writer = new SafeTensorsWriter();
        writer.Add("w", weights.AsMemory(1), 2);
        weights[2] = 9;
        using SafeTensorsFile file = SafeTensorsFile.Open(new MemoryStream(Bytes(writer)), "memory");
        float[] read = new float[2];
        file.ReadSingles("w", read, 2);
        Assert.Equal([2f, 9f], read);
    }

    [Fact]
    public void Refuses_what_would_not_be_readable()
    {
        var writer = new SafeTensorsWriter();
        writer.Add("w", new float[6], 2, 3);
        Assert.Throws<ArgumentException>(() => writer.Add("w", new float[6], 2, 3));
        Assert.Throws<ArgumentException>(() => writer.Add("v", new float[6], 2, 2));
        Assert.Throws<ArgumentException>(() => writer.Add("v", new float[6]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Add("v", new float[6], -2, -3));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", new float[1], 1));
        Assert.Throws<ArgumentException>(() => writer.Add("", new float[1], 1));
        Assert.Throws<ArgumentException>(() => writer.Add("half \uD83D", new float[1], 1));
        Assert.Throws<ArgumentException>(() => writer.SetMetadata("k", "\uDE00 half"));
        Assert.Throws<OverflowException>(() => writer.Add("v", new float[6], int.MaxValue, int.MaxValue, int.MaxValue));
    }

    private static byte[] Bytes(SafeTensorsWriter writer)
    {
        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }
}
