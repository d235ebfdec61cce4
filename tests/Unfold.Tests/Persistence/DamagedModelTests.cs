using System.Buffers.Binary;
using System.Text;
using Unfold.Models;
using Unfold.Numerics;
using Unfold.Persistence;
using Unfold.Tests.Support;
using Unfold.Text;

namespace Unfold.Tests.Persistence;

/// <summary>A language model does not compute with numbers or tokens that are not its own.</summary>
public sealed class DamagedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ModelFolder _place;
    private readonly LanguageModel _model;

    public DamagedModelTests()
    {
        _place = new ModelFolder(_folder.Path);
        _model = new LanguageModel(TinyRun.Shape(CellKind.Lstm), new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b", "c", "d"]), new SeededRandom(1));
        _place.Save(_model);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_flipped_bit_of_a_weight_is_noticed()
    {
        byte[] whole = File.ReadAllBytes(_place.WeightsFile);
        int header = sizeof(long) + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        for (int at = header; at < whole.Length; at += 7)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(_place.WeightsFile, damaged);
            Assert.Contains(_place.WeightsFile, Assert.Throws<UnfoldException>(() => _place.Load()).Message, StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("config.json")]
    [InlineData("vocabulary.json")]
    [InlineData("model.safetensors")]
    public async Task A_pipe_in_the_place_of_a_file_is_refused(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Named pipes of Windows are no files.");
        string pipe = _folder[name];
        File.Delete(pipe);
        using var made = System.Diagnostics.Process.Start("mkfifo", pipe);
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);

        // Open for reading and writing a pipe waits for nobody.
        using var held = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        string message = (await Assert.ThrowsAsync<UnfoldException>(() => Task.Run(() => _place.Load(), TestContext.Current.CancellationToken))).Message;
        Assert.Contains(pipe, message, StringComparison.Ordinal);
        Assert.Contains("a pipe or device, but a regular file was wanted", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_without_an_end_in_the_place_of_the_vocabulary_is_not_read()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the device /dev/zero.");
        File.Delete(_place.VocabularyFile);
        File.CreateSymbolicLink(_place.VocabularyFile, "/dev/zero");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(_place.VocabularyFile, Assert.Throws<UnfoldException>(() => _place.Load()).Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20, "What has no end was read.");
    }

    [Fact]
    public void A_model_whose_weights_are_no_numbers_is_not_saved_over_a_good_one()
    {
        var other = new LanguageModel(_model.Settings, _model.Vocabulary, new SeededRandom(2));
        other.Parameters[1].Edit()[2] = float.NaN;
        foreach (Action save in (Action[])[() => _place.Save(other), () => _place.SaveWeights(other)])
        {
            Assert.Contains(other.Parameters[1].Name, Assert.Throws<UnfoldException>(save).Message, StringComparison.Ordinal);
            Close.Same(_model.Parameters.Values, _place.Load().Parameters.Values, "the model of before");
        }
    }

    [Fact]
    public void A_model_saves_and_loads_itself()
    {
        _model.Save(_folder["copy"]);
        Close.Same(_model.Parameters.Values, LanguageModel.Load(_folder["copy"]).Parameters.Values, "the copy");
        Close.Same(_model.Parameters.Values, Assert.IsType<LanguageModel>(ModelFile.Open(_folder["copy"], cancellation: TestContext.Current.CancellationToken)).Parameters.Values, "the copy");
    }

    [Fact]
    public void A_full_disk_leaves_the_model_of_before()
    {
        using var mounted = new MountedFolder("size=64k");
        var place = new ModelFolder(mounted["model"]);
        place.Save(_model);
        var large = new LanguageModel(_model.Settings with { Hidden = 60 }, new Vocabulary(TokenKind.Character, LetterCase.Kept, ["a", "b"]), new SeededRandom(2));
        Assert.Contains("the disk is full", Assert.Throws<UnfoldException>(() => place.Save(large)).Message, StringComparison.Ordinal);
        Close.Same(_model.Parameters.Values, place.Load().Parameters.Values, "the model of before");
        Assert.Equal(3, Directory.GetFiles(place.FullPath).Length);
    }

    [Fact]
    public void Tokens_in_another_order_are_noticed()
    {
        string text = File.ReadAllText(_place.VocabularyFile);
        File.WriteAllText(_place.VocabularyFile, text.Replace("\n", "\r\n", StringComparison.Ordinal));
        _place.Load();
        File.WriteAllText(_place.VocabularyFile, text.Replace("\"a\"", "\"x\"", StringComparison.Ordinal).Replace("\"b\"", "\"a\"", StringComparison.Ordinal).Replace("\"x\"", "\"b\"", StringComparison.Ordinal));
        Assert.Contains("other tokens", Assert.Throws<UnfoldException>(() => _place.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_keep_no_hashes_are_loaded()
    {
        byte[] whole = File.ReadAllBytes(_place.WeightsFile);
        foreach (string field in (string[])["data_sha256", "vocabulary_sha256"])
        {
            Encoding.UTF8.GetBytes(field.Replace("sha256", "sha000", StringComparison.Ordinal)).CopyTo(whole, whole.AsSpan().IndexOf(Encoding.UTF8.GetBytes(field)));
        }

        File.WriteAllBytes(_place.WeightsFile, whole);
        Close.Same(_model.Parameters.Values, _place.Load().Parameters.Values, "the weights");
    }
}
