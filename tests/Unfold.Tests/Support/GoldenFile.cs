using System.Text.Json;

namespace Unfold.Tests.Support;

/// <summary>A tensor of a golden file: the true numbers, to nine digits.</summary>
public sealed record GoldenTensor(int[] Shape, double[] Data)
{
    /// <summary>The numbers as single precision: exact for everything that is an input.</summary>
    public float[] Floats => [.. Data.Select(value => (float)value)];

    /// <summary>The numbers of an input as the script had them: single precision, which nine digits bring back exactly.</summary>
    public double[] Inputs => [.. Data.Select(value => (double)(float)value)];

    public int[] Integers => [.. Data.Select(value => (int)value)];

    /// <summary>Layer k of a tensor (layers, ..); the tensor itself where there is one layer and no such dimension.</summary>
    public GoldenTensor Layer(int k, int layers)
    {
        if (layers == 1)
        {
            return this;
        }

        int length = Data.Length / Shape[0];
        return new GoldenTensor(Shape[1..], Data[(k * length)..((k + 1) * length)]);
    }
}

/// <summary>A file of golden numbers; README.md beside the files states their conventions.</summary>
public sealed class GoldenFile
{
    private readonly JsonElement _root;

    private GoldenFile(JsonElement root) => _root = root;

    public string Cell => _root.GetProperty("cell").GetString()!;

    public JsonElement this[string header] => _root.GetProperty(header);

    public static GoldenFile Load(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Goldens", name + ".json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return new GoldenFile(document.RootElement.Clone());
    }

    public int Size(string letter) => _root.GetProperty("sizes").GetProperty(letter).GetInt32();

    public IEnumerable<string> Names(string group) => _root.GetProperty(group).EnumerateObject().Select(property => property.Name);

    public GoldenTensor Tensor(string group, string name)
    {
        JsonElement tensor = _root.GetProperty(group).GetProperty(name);
        return new GoldenTensor(
            [.. tensor.GetProperty("shape").EnumerateArray().Select(element => element.GetInt32())],
            [.. tensor.GetProperty("data").EnumerateArray().Select(element => element.GetDouble())]);
    }
}
