using System.Buffers.Binary;
using System.IO.Compression;

namespace Unfold.Experiments.Data;

/// <summary>A handwritten digit.</summary>
/// <param name="Grey">28 x 28 bytes, row after row from the top, 0 for the ground.</param>
/// <param name="Label">Which digit it is, 0 to 9.</param>
internal sealed record Digit(byte[] Grey, int Label)
{
    /// <summary>The side of an image in pixels.</summary>
    public const int Side = 28;

    /// <summary>28 steps of 28 numbers in [0, 1]: one row of the image a step.</summary>
    public Frames ByRow() => new(Side, Scaled());

    /// <summary>784 steps of one number in [0, 1]: one pixel a step.</summary>
    public Frames ByPixel() => new(1, Scaled());

    private float[] Scaled() => [.. Grey.Select(grey => grey / 255f)];
}

/// <summary>Reads the 10,000 test digits of MNIST (LeCun et al., 1998) from IDX files, which may be compressed by gzip.</summary>
/// <remarks>The first half of the file is easier than the second: shuffle before cutting off a test part.</remarks>
internal static class Digits
{
    private const string Images = "mnist_t10k/t10k-images-idx3-ubyte";
    private const string Labels = "mnist_t10k/t10k-labels-idx1-ubyte";
    private const int ImagesMagic = 0x803;
    private const int LabelsMagic = 0x801;

    /// <summary>What it reads, inside of the data folder.</summary>
    public static IReadOnlyList<string> Needed { get; } = ["mnist_t10k"];

    /// <summary>Reads all digits, in the order of the file.</summary>
    /// <exception cref="UnfoldException">A file is missing or damaged.</exception>
    public static Digit[] Read(DataFolder folder)
    {
        (string imagePath, byte[] images) = Open(folder, Images);
        (string labelPath, byte[] labels) = Open(folder, Labels);
        int count = Header(imagePath, images, ImagesMagic, 4);
        int labelled = Header(labelPath, labels, LabelsMagic, 2);
        int height = BinaryPrimitives.ReadInt32BigEndian(images.AsSpan(8));
        int width = BinaryPrimitives.ReadInt32BigEndian(images.AsSpan(12));
        if (height != Digit.Side || width != Digit.Side)
        {
            throw new UnfoldException($"{imagePath}: images of 28 x 28 pixels were wanted; found {height} x {width}.");
        }

        const int size = Digit.Side * Digit.Side;
        RequireLength(imagePath, images, 16 + ((long)count * size));
        RequireLength(labelPath, labels, 8L + labelled);
        if (labelled != count)
        {
            throw new UnfoldException($"{labelPath}: a label for each of {count} images was wanted; found {labelled}.");
        }

        var digits = new Digit[count];
        for (int i = 0; i < count; i++)
        {
            int label = labels[8 + i];
            digits[i] = label <= 9
                ? new Digit(images[(16 + (i * size))..(16 + ((i + 1) * size))], label)
                : throw new UnfoldException($"{labelPath}: the label of image {i} must be 0 to 9; found {label}.");
        }

        return digits;
    }

    private static (string Path, byte[] Bytes) Open(DataFolder folder, string name)
    {
        string path = folder.Path(!folder.Holds(name) && folder.Holds(name + ".gz") ? name + ".gz" : name);
        byte[] bytes = DataFile.Bytes(path);
        return (path, bytes is [0x1F, 0x8B, ..] ? Decompress(path, bytes) : bytes);
    }

    private static byte[] Decompress(string path, byte[] bytes)
    {
        using var packed = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var all = new MemoryStream();
        byte[] piece = new byte[1 << 16];
        try
        {
            // A few bytes can be unpacked to any size.
            for (int read; (read = packed.Read(piece)) > 0;)
            {
                all.Write(piece, 0, read);
                if (all.Length > DataFile.MostBytes)
                {
                    throw new UnfoldException($"{path} unpacks to more than {DataFile.MostBytes} bytes: it is not the file that is meant.");
                }
            }
        }
        catch (InvalidDataException damaged)
        {
            throw new UnfoldException($"{path} is not a whole gzip file: {damaged.Message}", damaged);
        }

        return all.ToArray();
    }

    private static int Header(string path, byte[] bytes, int magic, int numbers)
    {
        if (bytes.Length < 4 * numbers || BinaryPrimitives.ReadInt32BigEndian(bytes) != magic)
        {
            throw new UnfoldException($"{path}: an IDX file that begins with 00 00 {magic >> 8:x2} {magic & 255:x2} was wanted; found {Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(4, bytes.Length)))}, {bytes.Length} bytes in all.");
        }

        int count = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4));
        return count > 0 ? count : throw new UnfoldException($"{path}: at least one entry was wanted; its header says {count}.");
    }

    private static void RequireLength(string path, byte[] bytes, long wanted)
    {
        if (bytes.Length != wanted)
        {
            throw new UnfoldException($"{path}: {wanted} bytes were wanted by its header; found {bytes.Length}.");
        }
    }
}
