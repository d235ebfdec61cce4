using System.Text;
using Unfold.Persistence;

namespace Unfold.Tests.Persistence;

/// <summary>One row for each rule of the format: the header, the bytes of data after it, what the sentence says.</summary>
public sealed class SafeTensorsHeaderTests
{
    private const string Good = """{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""";

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8],"dtype":"F32"}}     """, 8)]
    [InlineData("""{"b":{"dtype":"U8","shape":[3],"data_offsets":[1,4]},"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}""", 0)]
    [InlineData("""{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"later":{"x":[[1],{"y":null}]}}}""", 4)]
    [InlineData("""{"__metadata__":null,"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1)]
    [InlineData("{}", 0)]
    public void Accepts_every_form_that_the_format_allows(string header, int dataBytes)
    {
        using SafeTensorsFile file = Open(header, dataBytes);
        Assert.Equal(dataBytes, file.Entries.Sum(entry => entry.ByteCount));
    }

    [Theory]
    [InlineData("", 0, "does not begin with '{'")]
    [InlineData(" {}", 0, "does not begin with '{'")]
    [InlineData("[]", 0, "does not begin with '{'")]
    [InlineData("{", 0, "is not the JSON object")]
    [InlineData("{}{}", 0, "is not the JSON object")]
    [InlineData("{}\0", 0, "is not the JSON object")]
    [InlineData("{} x", 0, "is not the JSON object")]
    [InlineData("{\"a\":" + Good + ",}", 8, "is not the JSON object")]
    [InlineData("{\"a\":" + Good + ",\"a\":" + Good + "}", 8, "names 'a' twice")]
    [InlineData("{\"a\":" + Good + ",\"\\u0061\":" + Good + "}", 8, "names 'a' twice")]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "names '__metadata__' twice")]
    [InlineData("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "names 'k' twice")]
    [InlineData("{\"__metadata__\":{\"k\":1}}", 0, "value of 'k'")]
    [InlineData("{\"__metadata__\":{\"k\":{}}}", 0, "value of 'k'")]
    [InlineData("{\"__metadata__\":[]}", 0, "not an object of strings")]
    [InlineData("{\"\\ud800\":" + Good + "}", 8, "not valid Unicode")]
    [InlineData("{\"a\":3}", 0, "'a' is not described by an object")]
    [InlineData("{\"a\":[]}", 0, "'a' is not described by an object")]
    [InlineData("{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "'a' has no dtype")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8, "'a' has no shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "'a' has no data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "the field 'dtype' twice")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "the field 'shape' twice")]
    [InlineData("{\"a\":{\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "dtype of tensor 'a' is not a string")]
    [InlineData("{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "the dtype 'F31', which is none of BOOL, U8")]
    [InlineData("{\"a\":{\"dtype\":\"f32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "the dtype 'f32'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", 8, "shape of tensor 'a' is not a list")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}", 8, "shape of tensor 'a' holds something")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[[2]],\"data_offsets\":[0,8]}}", 8, "shape of tensor 'a' holds something")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1,-2],\"data_offsets\":[0,8]}}", 8, "shape of tensor 'a' holds something")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}", 8, "shape of tensor 'a' holds something")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 0, "multiply to more than")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905],\"data_offsets\":[0,4]}}", 4, "multiply to more than")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,16]}}", 8, "are not a begin and an end")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, "are not a begin and an end")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", 8, "data_offsets of tensor 'a' holds something")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "needs 12 bytes")]
    [InlineData("{\"a\":" + Good + ",\"b\":" + Good + "}", 8, "inside another tensor that ends at 8")]
    [InlineData("{\"a\":" + Good + ",\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[7,8]}}", 8, "inside another tensor")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", 12, "no tensor covers bytes 0 to 4")]
    [InlineData("{\"a\":" + Good + ",\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[9,10]}}", 10, "no tensor covers bytes 8 to 9")]
    [InlineData("{\"a\":" + Good + "}", 7, "need 8 bytes of data, and 7 are there")]
    [InlineData("{\"a\":" + Good + "}", 9, "1 bytes follow that belong to none")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775807],\"data_offsets\":[0,9223372036854775807]}}", 8, "need 9223372036854775807 bytes")]
    public void Refuses_every_broken_rule_with_a_sentence_about_it(string header, int dataBytes, string fragment)
    {
        var failure = Assert.Throws<UnfoldException>(() => Open(header, dataBytes));
        Assert.StartsWith("Cannot read the file: ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
        Assert.Contains(fragment, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0UL, 0, "has 0 bytes")]
    [InlineData(2UL, 7, "has 7 bytes")]
    [InlineData(100_000_001UL, 8, "at most 100000000 are allowed")]
    [InlineData(ulong.MaxValue, 8, "18446744073709551615 bytes, and at most")]
    [InlineData(100_000_000UL, 8, "only 0 follow")]
    [InlineData(3UL, 10, "only 2 follow")]
    public void Refuses_a_length_that_the_file_does_not_bear_out(ulong length, int fileBytes, string fragment)
    {
        byte[] file = [.. BitConverter.GetBytes(length), .. "{}"u8];
        long before = GC.GetAllocatedBytesForCurrentThread();
        var failure = Assert.Throws<UnfoldException>(() => SafeTensorsFile.Open(new MemoryStream(file[..fileBytes]), "the file"));
        Assert.Contains(fragment, failure.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Refuses_a_header_that_is_not_utf8()
    {
        byte[] header = [.. "{\"a"u8, 0xFF, .. "\":3}"u8];
        var failure = Assert.Throws<UnfoldException>(() => SafeTensorsFile.Open(new MemoryStream([.. BitConverter.GetBytes((long)header.Length), .. header]), "the file"));
        Assert.Contains("not valid UTF-8", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_deep_nesting_without_running_out_of_stack()
    {
        foreach (string field in new[] { "\"dtype\":", "\"shape\":", "\"later\":", "" })
        {
            string deep = new string('[', 200_000) + new string(']', 200_000);
            Assert.Throws<UnfoldException>(() => Open(field.Length == 0 ? $"{{\"a\":{deep}}}" : $"{{\"a\":{{{field}{deep}}}}}", 0));
        }
    }

    [Fact]
    public void A_hostile_name_stays_on_one_line_of_the_message()
    {
        var failure = Assert.Throws<UnfoldException>(() => Open("{\"a\\n\\u001b[31m" + new string('x', 500) + "\":3}", 0));
        Assert.DoesNotContain('\n', failure.Message);
        Assert.DoesNotContain('\u001b', failure.Message);
        Assert.InRange(failure.Message.Length, 20, 200);
    }

    private static SafeTensorsFile Open(string header, int dataBytes)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        return SafeTensorsFile.Open(new MemoryStream([.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[dataBytes]]), "the file");
    }
}
