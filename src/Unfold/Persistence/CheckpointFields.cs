using Unfold.Autograd;
using Unfold.Numerics.Kernels;

namespace Unfold.Persistence;

/// <summary>What the checkpoints of all kinds of training share.</summary>
internal static class CheckpointFields
{
    private const string MomentsPrefix = "optimizer.";

    public delegate void SpanWriter(Span<byte> destination);

    /// <summary>Throws unless a file says that it is one of this kind, in the version that is read here.</summary>
    public static void RequireVersion(SafeTensorsFile file, string path, string format, string version)
    {
        string found = file.Metadata.GetValueOrDefault(format, "");
        if (found != version)
        {
            throw new UnfoldException(found.Length == 0
                ? $"{path} is not a training checkpoint: it has no '{format}' entry."
                : $"{path} was written by a newer Unfold: its format is {found}, and this one reads {version}; update Unfold to use it.");
        }
    }

    /// <summary>Throws where a file was saved with other settings: it would go on with other numbers, without a word.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path.</param>
    /// <param name="field">Where its settings stand.</param>
    /// <param name="wanted">The settings now, words with a space between them.</param>
    /// <param name="advice">What to do, a part of a sentence.</param>
    public static void RequireSame(SafeTensorsFile file, string path, string field, string wanted, string advice)
    {
        string[] saved = file.Metadata.GetValueOrDefault(field, "").Split(' '), now = wanted.Split(' ');
        for (int i = 0; i < now.Length; i++)
        {
            string before = i < saved.Length ? saved[i] : "nothing";
            if (before != now[i])
            {
                throw new UnfoldException($"{path} was saved with other settings than the run has now: {before} there, {now[i]} here; {advice}.");
            }
        }
    }

    public static void AddMoments(SafeTensorsWriter writer, IReadOnlyList<(string Name, Memory<float> Values)> moments)
    {
        foreach ((string name, Memory<float> values) in moments)
        {
            writer.Add(MomentsPrefix + name, values, values.Length);
        }
    }

    public static List<(string Name, ReadOnlyMemory<float> Values)> ReadMoments(SafeTensorsFile file, ParameterSet parameters)
    {
        var moments = new List<(string Name, ReadOnlyMemory<float> Values)>();
        foreach (SafeTensorsEntry entry in file.Entries)
        {
            if (entry.Name.StartsWith(MomentsPrefix, StringComparison.Ordinal))
            {
                moments.Add((entry.Name[MomentsPrefix.Length..], ReadFinite(file, entry.Name, parameters.Values.Length)));
            }
        }

        return moments;
    }

    public static float[] ReadFinite(SafeTensorsFile file, string name, int length)
    {
        float[] values = new float[length];
        file.ReadSingles(name, values, length);
        int bad = OptimizerKernels.FirstNonFinite(values);
        return bad < 0 ? values : throw new UnfoldException(FormattableString.Invariant($"Cannot read {file.Name}: value {bad} of {name} is {values[bad]}."));
    }

    public static void AddDoubles(SafeTensorsWriter writer, string name, double[] values) => writer.Add(name, values, values.Length);

    public static double[] ReadDoubles(SafeTensorsFile file, string path, string name, long most)
    {
        long count = file.Entry(name).Count;
        if (count > most)
        {
            throw new UnfoldException($"Cannot read {path}: '{name}' holds {count} numbers, and there can be no more than {most}.");
        }

        double[] values = new double[count];
        file.ReadDoubles(name, values, values.Length);
        return values;
    }

    public static byte[] ReadBytes(SafeTensorsFile file, string name, int length)
    {
        byte[] bytes = new byte[length];
        file.ReadBytes(name, bytes, length);
        return bytes;
    }

    public static byte[] Bytes(int length, SpanWriter write)
    {
        byte[] bytes = new byte[length];
        write(bytes);
        return bytes;
    }
}
