using System.Text;
using Unfold.Numerics;
using Unfold.Persistence;

namespace Unfold.Tests.Persistence;

public sealed class JsonFieldsTests
{
    private const string Settings = """
        {
          "version": 2, "cell": "Lstm", "hidden": 256, "tokens": 5000000000, "rate": 1e-3, "lower": true, "name": "老师\n",
          "stops": ["a", "。"], "scales": [1, -2.5], "none": null, "optimizer": { "kind": "gru", "beta": 0.9 }
        }
        """;

    private enum Cell
    {
        Rnn = 1,
        Lstm = 2,
        Gru = 4,
    }

    [Fact]
    public void Reads_every_kind_of_field()
    {
        JsonFields fields = Parse(Settings);
        Assert.Equal(2, fields.Version("version", 2));
        Assert.Equal(Cell.Lstm, fields.Enum<Cell>("cell"));
        Assert.Equal(256, fields.Int32("hidden", 1, 256));
        Assert.Equal(5_000_000_000, fields.Int64("tokens", 0, long.MaxValue));
        Assert.Equal(0.001, fields.Double("rate", 0, 1));
        Assert.True(fields.Boolean("lower"));
        Assert.Equal("老师\n", fields.String("name"));
        Assert.Equal(["a", "。"], fields.Strings("stops"));
        Assert.Equal([1, -2.5], fields.Doubles("scales"));
        Assert.False(fields.Has("none"));
        Assert.False(fields.Has("absent"));
        Assert.True(fields.Has("rate"));
        JsonFields optimizer = fields.Object("optimizer");
        Assert.Equal(Cell.Gru, optimizer.Enum<Cell>("kind"));
        Assert.Equal(0.9, optimizer.Double("beta", 0, 1));
        optimizer.Done();
        fields.Done();
    }

    [Fact]
    public void Each_misfit_is_one_sentence_that_names_file_and_field()
    {
        JsonFields fields = Parse(Settings);
        Assert.Equal("c.json has no field 'layers'; it should have one.", Message(() => fields.Int32("layers", 1, 9)));
        Assert.Equal("c.json: the field 'hidden' should be a whole number from 1 to 255 and is 256.", Message(() => fields.Int32("hidden", 1, 255)));
        Assert.Equal("c.json: the field 'hidden' should be a whole number from 257 to 300 and is 256.", Message(() => fields.Int32("hidden", 257, 300)));
        Assert.Equal("c.json: the field 'tokens' should be a whole number from 0 to 2147483647 and is 5000000000.", Message(() => fields.Int32("tokens", 0, int.MaxValue)));
        Assert.Equal("c.json: the field 'rate' should be a whole number from 0 to 1 and is 1e-3.", Message(() => fields.Int64("rate", 0, 1)));
        Assert.Equal("c.json: the field 'rate' should be a number from 0.5 to 1 and is 1e-3.", Message(() => fields.Double("rate", 0.5, 1)));
        Assert.Equal("c.json: the field 'cell' should be a number from 0 to 1 and is \"Lstm\".", Message(() => fields.Double("cell", 0, 1)));
        Assert.Equal("c.json: the field 'hidden' should be a string and is 256.", Message(() => fields.String("hidden")));
        Assert.Equal("c.json: the field 'none' should be a string and is null.", Message(() => fields.String("none")));
        Assert.Equal("c.json: the field 'stops' should be a string and is a list.", Message(() => fields.String("stops")));
        Assert.Equal("c.json: the field 'hidden' should be true or false and is 256.", Message(() => fields.Boolean("hidden")));
        Assert.Equal("c.json: the field 'name' should be one of rnn, lstm, gru and is \"老师\\n\".", Message(() => fields.Enum<Cell>("name")));
        Assert.Equal("c.json: the field 'hidden' should be one of rnn, lstm, gru and is 256.", Message(() => fields.Enum<Cell>("hidden")));
        Assert.Equal("c.json: the field 'scales' should be a list of strings only and is 1.", Message(() => fields.Strings("scales")));
        Assert.Equal("c.json: the field 'stops' should be a list of numbers only and is \"a\".", Message(() => fields.Doubles("stops")));
        Assert.Equal("c.json: the field 'cell' should be an object and is \"Lstm\".", Message(() => fields.Object("cell")));
        Assert.Equal("c.json: the field 'optimizer.beta' should be a string and is 0.9.", Message(() => fields.Object("optimizer").String("beta")));
        Assert.Equal("c.json was written by a newer Unfold: its version is 2, and this one reads up to 1; update Unfold to use it.", Message(() => fields.Version("version", 1)));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("Rnn, Lstm")]
    [InlineData("")]
    public void Numbers_and_lists_are_no_names_of_an_enumeration(string text) =>
        Assert.Throws<UnfoldException>(() => Parse($$"""{"cell": "{{text}}"}""").Enum<Cell>("cell"));

    [Fact]
    public void A_field_that_nobody_asked_for_is_refused()
    {
        JsonFields fields = Parse("""{"b": 1, "hiden": 2, "a": 1}""");
        fields.Int32("b", 0, 9);
        fields.Int32("a", 0, 9);
        Assert.Equal("c.json holds the field 'hiden', which is not known; the known ones are a, b.", Message(fields.Done));
    }

    [Theory]
    [InlineData("", "not valid JSON (line 1)")]
    [InlineData("{\n\"a\": }", "not valid JSON (line 2)")]
    [InlineData("{\"a\": 1, \"a\": 2}", "stands in it twice")]
    [InlineData("[1]", "should hold one JSON object and holds a list")]
    [InlineData("\0\0\0\0", "not valid JSON")]
    [InlineData("{\"\\ud800\": 1, \"b\": 2}", "a name in it is not valid Unicode")]
    public void What_is_no_object_is_refused(string json, string fragment)
    {
        string message = Message(() => Parse(json));
        Assert.StartsWith("Cannot read c.json: ", message, StringComparison.Ordinal);
        Assert.Contains(fragment, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_from_a_file_and_names_one_that_is_missing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], "{\"a\": 7}", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(7, JsonFields.Read(folder["config.json"]).Int32("a", 7, 7));
        Assert.Equal($"Cannot read {folder["no.json"]}: there is no such file.", Message(() => JsonFields.Read(folder["no.json"])));
    }

    [Fact]
    public void Damaged_settings_are_read_or_refused_with_a_sentence()
    {
        var random = new SeededRandom(31);
        byte[] valid = Encoding.UTF8.GetBytes(Settings.Replace("\"none\"", "\"\\u4e00\"", StringComparison.Ordinal));
        int refused = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] damaged = [.. valid];
            for (int change = 0; change <= random.NextInt32(3); change++)
            {
                damaged[random.NextInt32(damaged.Length)] = random.NextInt32(2) == 0 ? (byte)random.NextInt32(256) : (byte)"{}[],:\"\\u0dD8"[random.NextInt32(12)];
            }

            try
            {
                JsonFields fields = JsonFields.Parse(damaged, "c.json");
                fields.Version("version", 2);
                fields.Enum<Cell>("cell");
                fields.Int32("hidden", 1, 9999);
                fields.Int64("tokens", 0, long.MaxValue);
                fields.Double("rate", 0, 1);
                fields.Boolean("lower");
                fields.String("name");
                fields.Strings("stops");
                fields.Doubles("scales");
                fields.Has("\u4e00");
                JsonFields optimizer = fields.Object("optimizer");
                optimizer.String("kind");
                optimizer.Double("beta", 0, 1);
                optimizer.Done();
                fields.Done();
            }
            catch (UnfoldException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 2000, 3990);
    }

    private static JsonFields Parse(string json) => JsonFields.Parse(Encoding.UTF8.GetBytes(json), "c.json");

    private static string Message(Action action) => Assert.Throws<UnfoldException>(action).Message;
}
