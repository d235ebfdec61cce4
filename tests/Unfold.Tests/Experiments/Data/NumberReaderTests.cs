using Unfold.Experiments.Data;
using Unfold.Tests.Support;

namespace Unfold.Tests.Experiments.Data;

public sealed class NumberReaderTests
{
    private static byte[] Images(int count, int labelled)
    {
        List<byte> bytes = [0, 0, 8, 3, 0, 0, 0, (byte)count, 0, 0, 0, 28, 0, 0, 0, 28];
        bytes.AddRange(Enumerable.Range(0, labelled * 784).Select(i => (byte)(i % 251)));
        return [.. bytes];
    }

    private static SmallData SmallDigits() => new SmallData().Write("mnist_t10k/t10k-images-idx3-ubyte", Images(2, 2)).Write("mnist_t10k/t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 7, 0]);

    [Fact]
    public void Digits_are_read_by_row_and_by_pixel()
    {
        using SmallData data = SmallDigits();
        Digit[] digits = Digits.Read(data.Folder);
        Assert.Equal([7, 0], digits.Select(digit => digit.Label));
        Frames rows = digits[1].ByRow();
        Frames pixels = digits[1].ByPixel();
        Assert.Equal((28, 28, 784, 1), (rows.Length, rows.Width, pixels.Length, pixels.Width));
        float wanted = ((784 + (5 * 28) + 3) % 251) / 255f;
        Assert.Equal((wanted, wanted), (rows[5][3], pixels[(5 * 28) + 3][0]));
    }

    [Fact]
    public void Compressed_digits_are_the_same()
    {
        using SmallData data = SmallDigits();
        Digit[] plain = Digits.Read(data.Folder);
        File.Delete(data.Folder.Path("mnist_t10k/t10k-images-idx3-ubyte"));
        data.Write("mnist_t10k/t10k-images-idx3-ubyte.gz", Gzip.Pack(Images(2, 2)));
        Assert.Equal(plain.Select(digit => digit.Grey), Digits.Read(data.Folder).Select(digit => digit.Grey));
        data.Write("mnist_t10k/t10k-images-idx3-ubyte.gz", [0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]).Refuses(folder => Digits.Read(folder), "ubyte.gz", "gzip");
    }

    [Fact]
    public void Damaged_digits_are_refused()
    {
        const string images = "mnist_t10k/t10k-images-idx3-ubyte";
        const string labels = "mnist_t10k/t10k-labels-idx1-ubyte";
        using SmallData data = SmallDigits();
        data.Write(labels, [0, 0, 8, 1, 0, 0, 0, 2, 7, 10]).Refuses(folder => Digits.Read(folder), "the label of image 1 must be 0 to 9; found 10");
        data.Write(labels, [0, 0, 8, 1, 0, 0, 0, 1, 7]).Refuses(folder => Digits.Read(folder), "each of 2 images", "found 1");
        data.Write(labels, [0, 0, 8, 1, 0, 0, 0, 2, 7]).Refuses(folder => Digits.Read(folder), "10 bytes were wanted by its header; found 9");
        data.Write(labels, [0, 0, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF, 7]).Refuses(folder => Digits.Read(folder), "at least one entry");
        data.Write(labels, [0, 0, 8]).Refuses(folder => Digits.Read(folder), "00 00 08 01", "found 000008, 3 bytes");
        data.Write(labels, [0, 0, 8, 1, 0, 0, 0, 2, 7, 0]);
        data.Write(images, Images(2, 1)).Refuses(folder => Digits.Read(folder), "1584 bytes were wanted");
        data.Write(images, Images(255, 1)).Refuses(folder => Digits.Read(folder), "header");
        data.Write(images, [.. Images(2, 2).Select((value, i) => i == 15 ? (byte)27 : value)]).Refuses(folder => Digits.Read(folder), "28 x 27");
    }

    [Fact]
    public void Chorales_are_keys_that_sound()
    {
        using SmallData data = new SmallData().Write("jsb_chorales/jsb_piano_roll_88.json", """{"train":[[[0,87],[],[5]]],"valid":[[[1],[2]]],"test":[[[3],[4]],[[5],[6]]]}""");
        Chorales chorales = Chorales.Read(data.Folder);
        Assert.Equal((1, 1, 2), (chorales.Train.Count, chorales.Validation.Count, chorales.Test.Count));
        Frames roll = chorales.Train[0].PianoRoll();
        Assert.Equal([0, 87, (2 * 88) + 5], Enumerable.Range(0, roll.Values.Length).Where(i => roll.Values[i] == 1));
        Assert.Equal((3, 88), (roll.Length, roll.Width));
        (string Json, string Words)[] damaged =
        [
            ("""{"train":[[[0,88],[1]]],"valid":[[[1],[2]]],"test":[[[1],[2]]]}""", "train, piece 0, step 0: keys from 0 to 87 in ascending order were wanted; found '88' at place 1"),
            ("""{"train":[[[1],[2]]],"valid":[[[1],[2]],[[1],[2,2]]],"test":[[[1],[2]]]}""", "valid, piece 1, step 1"),
            ("""{"train":[[[1],[2.5]]],"valid":[[[1],[2]]],"test":[[[1],[2]]]}""", "found '2.5'"),
            ("""{"train":[[[1],["x"]]],"valid":[[[1],[2]]],"test":[[[1],[2]]]}""", "train, piece 0, step 1"),
            ("""{"train":[[[1],3]],"valid":[[[1],[2]]],"test":[[[1],[2]]]}""", "step 1: a list of keys"),
            ("""{"train":[[[1]]],"valid":[[[1],[2]]],"test":[[[1],[2]]]}""", "at least two steps"),
            ("""{"train":[[[1],[2]]],"valid":[]}""", "\"valid\""),
            ("[1]", "\"train\""),
            ("{\"train\":\n[[[1],", "line 2"),
        ];
        foreach ((string json, string words) in damaged)
        {
            data.Write("jsb_chorales/jsb_piano_roll_88.json", json).Refuses(folder => Chorales.Read(folder), "jsb_piano_roll_88.json", words);
        }
    }

    private const string VowelHeader = "block,speaker,frame,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12\n";

    private static string Frame(int block, int speaker, int frame) => $"{block},{speaker},{frame},{string.Join(',', Enumerable.Range(0, 12).Select(i => $"{block}.{frame}{i:00}"))}\n";

    [Fact]
    public void Vowels_are_utterances_of_a_speaker()
    {
        using SmallData data = new SmallData()
            .Write("japanese_vowels/train.csv", VowelHeader + Frame(0, 1, 0) + Frame(0, 1, 1) + Frame(1, 9, 0))
            .Write("japanese_vowels/test.csv", VowelHeader + Frame(0, 3, 0));
        Vowels vowels = Vowels.Read(data.Folder);
        Assert.Equal([(0, 2), (8, 1)], vowels.Train.Select(utterance => (utterance.Speaker, utterance.Frames.Length)));
        Assert.Equal((0.111f, 1.011f), (vowels.Train[0].Frames[1][11], vowels.Train[1].Frames[0][11]));
        Assert.Equal(2, Assert.Single(vowels.Test).Speaker);
        foreach (string damaged in (string[])[Frame(0, 1, 2), Frame(0, 2, 1), Frame(2, 1, 0), Frame(1, 10, 0), Frame(1, 0, 0), Frame(1, 2, 1), "0,1,1,1,2,3\n", Frame(0, 1, 1).Replace("0.100", "x"), Frame(0, 1, 1).Replace("0.100", "1e300"), Frame(0, 1, 1).Replace("0.100", "NaN")])
        {
            data.Write("japanese_vowels/test.csv", VowelHeader + Frame(0, 1, 0) + damaged).Refuses(folder => Vowels.Read(folder), "test.csv, line 3");
        }

        data.Write("japanese_vowels/test.csv", VowelHeader).Refuses(folder => Vowels.Read(folder), "found no row");
        data.Write("japanese_vowels/test.csv", "").Refuses(folder => Vowels.Read(folder), "found nothing");
        data.Write("japanese_vowels/test.csv", "a,b\n").Refuses(folder => Vowels.Read(folder), "line 1", "the headings");
        data.Write("japanese_vowels/test.csv", VowelHeader + Frame(0, 1, 0) + "\n" + Frame(0, 1, 1)).Refuses(folder => Vowels.Read(folder), "line 3", "found nothing");
    }

    [Fact]
    public void A_series_is_a_number_at_each_time()
    {
        using SmallData data = new SmallData().Write(MeasuredSeries.AirlineFile, "\"Month\",\"Passengers\"\r\n\"1949-01\",112\r\n\"1949-02\",118.5\r\n\r\n");
        MeasuredSeries series = MeasuredSeries.Airline(data.Folder);
        Assert.Equal(["1949-01", "1949-02"], series.Times);
        Assert.Equal([112, 118.5], series.Values);
        foreach (string damaged in (string[])["\"1949-01\",1", "\"1949-03\",", "\"1949-03\",?0.2", "\"1949-03\"", "\"1949-03\",1,2", ",3", "\"1949-03\",Infinity"])
        {
            data.Write(MeasuredSeries.AirlineFile, "\"Month\",\"Passengers\"\n\"1949-02\",1\n" + damaged).Refuses(folder => MeasuredSeries.Airline(folder), "airline-passengers.csv, line 3");
        }
    }

    [Fact]
    public void The_transformer_has_no_missing_hour()
    {
        static string Row(int hour) => $"{new DateTime(2016, 7, 1).AddHours(hour):yyyy-MM-dd HH:mm:ss},{hour},1,2,3,4,5,{hour % 7}.5\n";
        const string header = "date,HUFL,HULL,MUFL,MULL,LUFL,LULL,OT\n";
        string whole = header + string.Concat(Enumerable.Range(0, TransformerHours.TestEnd).Select(Row));
        using SmallData data = new SmallData().Write("ett/ETTh1.csv", whole);
        TransformerHours hours = TransformerHours.Read(data.Folder);
        Assert.Equal((TransformerHours.TestEnd, 7), (hours.Values.Length, hours.Values.Width));
        Assert.Equal([8639f, 1, 2, 3, 4, 5, 8639 % 7 + 0.5f], hours.Values[8639].ToArray());
        data.Write("ett/ETTh1.csv", header + Row(0) + Row(2)).Refuses(folder => TransformerHours.Read(folder), "line 3", "'2016-07-01 02:00:00'");
        data.Write("ett/ETTh1.csv", header + Row(0) + Row(1)).Refuses(folder => TransformerHours.Read(folder), "at least 14400 hours were wanted; found 2");
        data.Write("ett/ETTh1.csv", header + Row(0) + "yesterday,1,1,1,1,1,1,1").Refuses(folder => TransformerHours.Read(folder), "line 3", "'yesterday'");
    }
}
