using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>Where the models of unfold ngram may be written.</summary>
public sealed class NGramOutputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;

    public NGramOutputTests() => _text = CommandLine.WriteText(_folder["text.txt"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_several_at_once_one_writes_the_file()
    {
        string path = _folder["m.arpa"];
        Said[] all = await Task.WhenAll(Enumerable.Range(1, 4).Select(order =>
            Task.Run(() => CommandLine.Run("ngram", "train", "--order", $"{order}", "--text", _text, "--out", path), TestContext.Current.CancellationToken)));
        Assert.Single(all, said => said.Code == 0);
        Assert.All(all.Where(said => said.Code != 0), said => said.Refuses(1, path, "is there already"));
        Assert.Equal([path, _text], Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_model_does_not_replace_what_it_is_made_of()
    {
        string text = _folder["text.arpa"], words = _folder["words.bin"], tuning = _folder["tuning.bin"], model = _folder["model.bin"];
        File.Copy(_text, text);
        File.Copy(_text, tuning);
        File.WriteAllText(words, "cat\n");
        CommandLine.Run("ngram", "train", "--text", _text, text, "--out", text, "--force").Refuses(1, $"would replace {text}, which is read for it", "choose another name");
        CommandLine.Run("ngram", "train", "--text", text, "--tokens", "segmented", "--dictionary", words, "--out", words, "--force").Refuses(1, $"would replace {words}");
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", text, "--out", model).Code);
        CommandLine.Run("ngram", "mix", model, model, "--tune", tuning, "--out", tuning, "--force").Refuses(1, $"would replace {tuning}");
        Assert.All((string[])[text, tuning], file => Assert.Equal(File.ReadAllBytes(_text), File.ReadAllBytes(file)));
    }

    [Fact]
    public void A_link_to_the_text_is_the_text()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making symbolic links needs no special right only on Unix.");
        string link = _folder["link.arpa"];
        File.CreateSymbolicLink(link, _text);
        byte[] before = File.ReadAllBytes(_text);
        CommandLine.Run("ngram", "train", "--text", _text, "--out", link, "--force").Refuses(1, $"would replace {_text}", link);
        Assert.Equal(before, File.ReadAllBytes(_text));
    }

    [Fact]
    public void A_model_may_take_the_place_of_its_own_file()
    {
        string model = _folder["model.arpa"];
        Assert.Equal(0, CommandLine.Run("ngram", "train", "--text", _text, "--out", model).Code);
        Assert.Equal(0, CommandLine.Run("ngram", "convert", model, model, "--force").Code);
        Assert.Equal(0, CommandLine.Run("ngram", "mix", model, model, "--out", model, "--force").Code);
    }

    [Theory]
    [InlineData("/dev/random")]
    [InlineData("/dev/zero")]
    public void A_device_is_no_model(string device)
    {
        Assert.SkipUnless(File.Exists(device), $"There is no {device} here.");
        CommandLine.Run("ngram", "convert", device, _folder["m.bin"]).Refuses(1, device, "is a pipe or device, but a regular file was wanted");
    }
}
