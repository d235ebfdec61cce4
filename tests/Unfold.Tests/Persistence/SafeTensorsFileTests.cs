using System.Buffers.Binary;
using System.Text;
using Unfold.Numerics;
using Unfold.Persistence;

namespace Unfold.Tests.Persistence;

public sealed class SafeTensorsFileTests
{
    [Fact]
    public void What_was_saved_is_read_back_bit_by_bit()
    {
        var random = new SeededRandom(5);
        float[] weights = [.. Enumerable.Range(0, 3 * 50_001).Select(_ => (float)random.NextNormal()), float.NaN, -0f, float.Epsilon];
        double[] moments = [random.NextNormal(), double.MaxValue, double.NegativeInfinity];
        long[] cursor = [long.MinValue, 42];
        byte[] state = new byte[SeededRandom.StateBytes];
        random.WriteState(state);
        var writer = new SafeTensorsWriter();
        writer.Add("lstm.weight", weights, 2, 25_001, 3);
        writer.Add("moments", moments, 3, 1);
        writer.Add("cursor", cursor, 2);
        writer.Add("generator", state, SeededRandom.StateBytes);
        writer.Add("nothing", Array.Empty<float>(), 4, 0);
        writer.SetMetadata("settings", "{\"cell\":\"lstm\"}\n老师");

        using var folder = new TemporaryFolder();
        writer.Save(folder["model.safetensors"]);
        using SafeTensorsFile file = SafeTensorsFile.Open(folder["model.safetensors"]);
        float[] weightsBack = new float[weights.Length];
        file.ReadSingles("lstm.weight", weightsBack, 2, 25_001, 3);
        Assert.Equal(weights.Select(BitConverter.SingleToInt32Bits), weightsBack.Select(BitConverter.SingleToInt32Bits));
        double[] momentsBack = new double[3];
        file.ReadDoubles("moments", momentsBack, 3, 1);
        Assert.Equal(moments, momentsBack);
        long[] cursorBack = new long[2];
        file.ReadInt64s("cursor", cursorBack, 2);
        Assert.Equal(cursor, cursorBack);
        byte[] stateBack = new byte[SeededRandom.StateBytes];
        file.ReadBytes("generator", stateBack, SeededRandom.StateBytes);
        Assert.Equal(state, stateBack);
        file.ReadSingles("nothing", [], 4, 0);
        Assert.Equal("{\"cell\":\"lstm\"}\n老师", file.Metadata["settings"]);
        Assert.Equal("lstm.weight F32 [2, 25001, 3]", file.Entry("lstm.weight").ToString());
        Assert.Equal(150_006, file.Entry("lstm.weight").Count);
        Assert.Equal(600_024, file.Entry("lstm.weight").ByteCount);
        Assert.Equal(cursor, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(file.ReadRaw("cursor")).ToArray());
        Assert.True(file.Contains("cursor"));
        Assert.False(file.Contains("Cursor"));
    }

    [Fact]
    public void Other_floats_become_singles()
    {
        byte[] data = new byte[40_000 * 8];
        double[] values = [.. Enumerable.Range(0, 40_000).Select(i => (i - 20_000) / 7.0)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(data.AsSpan(i * 8), values[i]);
        }

        // 40,000 doubles cross the border of the reader's chunk.
        Assert.Equal(values.Select(value => (float)value), AsSingles("F64", data, 40_000));
        Assert.Equal([float.PositiveInfinity], AsSingles("F64", BitConverter.GetBytes(1e300), 1));

        // 1, -2, the largest, the smallest subnormal, infinity.
        Assert.Equal([1f, -2f, 65504f, 5.9604645e-8f, float.PositiveInfinity], AsSingles("F16", [0x00, 0x3C, 0x00, 0xC0, 0xFF, 0x7B, 0x01, 0x00, 0x00, 0x7C], 5));
        Assert.Equal([1f, -3.140625f, 3.3895314e38f], AsSingles("BF16", [0x80, 0x3F, 0x49, 0xC0, 0x7F, 0x7F], 3));
        Assert.Equal([1.5f], AsSingles("F32", [0, 0, 0xC0, 0x3F], 1));
    }

    [Fact]
    public void Asking_for_the_wrong_thing_names_what_is_there()
    {
        var writer = new SafeTensorsWriter();
        writer.Add("w", new float[6], 2, 3);
        writer.Add("n", new long[1], 1);
        using var folder = new TemporaryFolder();
        string path = folder["m.safetensors"];
        writer.Save(path);
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        float[] six = new float[6];
        Assert.Equal($"{path} holds no tensor 'v'; it holds 'n', 'w'.", Message(() => file.ReadSingles("v", six, 2, 3)));
        Assert.Equal($"Tensor 'w' in {path} should have the shape [3, 2] and has [2, 3].", Message(() => file.ReadSingles("w", six, 3, 2)));
        Assert.Equal($"Tensor 'w' in {path} should have the shape [6] and has [2, 3].", Message(() => file.ReadAsSingles("w", six, 6)));
        Assert.Equal($"Tensor 'n' in {path} should hold F32 and holds I64.", Message(() => file.ReadSingles("n", six.AsSpan(0, 1), 1)));
        Assert.Equal($"Tensor 'n' in {path} should hold floats (F32, F64, F16 or BF16) and holds I64.", Message(() => file.ReadAsSingles("n", six.AsSpan(0, 1), 1)));
        Assert.Throws<ArgumentException>(() => file.ReadSingles("w", new float[5], 2, 3));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal($"Cannot open {folder["no"]}: there is no such file.", Message(() => SafeTensorsFile.Open(folder["no"])));
        Assert.Contains("a folder of that name", Message(() => SafeTensorsFile.Open(folder.Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_shrinks_while_it_is_open_is_reported()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not let another writer near an open file.");
        var stream = new MemoryStream();
        var writer = new SafeTensorsWriter();
        writer.Add("w", new float[600], 600);
        writer.Write(stream);
        using SafeTensorsFile file = SafeTensorsFile.Open(stream, "shrinking");
        stream.SetLength(stream.Length - 1);
        Assert.StartsWith("Cannot read tensor 'w' from shrinking: ", Message(() => file.ReadSingles("w", new float[600], 600)), StringComparison.Ordinal);
    }

    [Fact]
    public void Reversing_elements_swaps_byte_orders()
    {
        byte[] bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        LittleEndian.ReverseElements(bytes, 4);
        Assert.Equal([4, 3, 2, 1, 8, 7, 6, 5], bytes);
        LittleEndian.ReverseElements(bytes, 1);
        Assert.Equal([4, 3, 2, 1, 8, 7, 6, 5], bytes);
    }

    private static string Message(Action action) => Assert.Throws<UnfoldException>(action).Message;

    private static float[] AsSingles(string type, byte[] data, int count)
    {
        byte[] header = Encoding.UTF8.GetBytes($$$"""{"x":{"dtype":"{{{type}}}","shape":[{{{count}}}],"data_offsets":[0,{{{data.Length}}}]}}""");
        using SafeTensorsFile file = SafeTensorsFile.Open(new MemoryStream([.. BitConverter.GetBytes((long)header.Length), .. header, .. data]), "memory");
        float[] values = new float[count];
        file.ReadAsSingles("x", values, count);
        return values;
    }
}
