using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli;

/// <summary>Damaged, truncated, foreign and newer model folders, and the rule that nothing is overwritten.</summary>
public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;
    private readonly string _run;

    public ModelFolderTests()
    {
        _text = CommandLine.WriteText(_folder["text.txt"]);
        _run = _folder["run"];
        Assert.Equal(0, CommandLine.Train(_text, _run, "--steps", "2").Code);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_or_foreign_folder_is_refused()
    {
        string foreign = _folder["foreign"];
        Directory.CreateDirectory(foreign);
        foreach (string verb in (string[])["generate", "inspect"])
        {
            CommandLine.Run(verb, _folder["none"]).Refuses(1, _folder["none"], "no model folder");
            CommandLine.Run(verb, _text).Refuses(1, _text, "is no ARPA file", "would be a folder");
            CommandLine.Run(verb, foreign).Refuses(1, foreign, "no config.json");
        }
    }

    [Theory]
    [InlineData("config.json", "{\"other\": 1}", "unfold_format")]
    [InlineData("config.json", "{ \"unfold_format\": 1,", "not valid JSON")]
    [InlineData("config.json", "{ \"unfold_format\": 99 }", "newer Unfold")]
    [InlineData("config.json", "", "not valid JSON")]
    [InlineData("vocabulary.json", "[]", "vocabulary.json")]
    [InlineData("vocabulary.json", "{}", "vocabulary.json")]
    [InlineData("model.safetensors", "", "model.safetensors")]
    [InlineData("model.safetensors", "hello, I am no tensor file at all", "model.safetensors")]
    public void A_damaged_file_is_named(string file, string content, string word)
    {
        File.WriteAllText(Path.Combine(_run, file), content);
        CommandLine.Run("generate", _run).Refuses(1, file, word);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("vocabulary.json")]
    [InlineData("model.safetensors")]
    public void A_truncated_or_missing_file_is_named(string file)
    {
        string path = Path.Combine(_run, file);
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(whole.Length * 2 / 3)]);
        CommandLine.Run("generate", _run).Refuses(1, file);
        File.Delete(path);
        CommandLine.Run("generate", _run).Refuses(1, file);
    }

    [Fact]
    public void Weights_of_another_shape_and_weights_that_are_no_numbers_are_refused()
    {
        string config = Path.Combine(_run, "config.json");
        string before = File.ReadAllText(config);
        File.WriteAllText(config, before.Replace("\"hidden\": 8", "\"hidden\": 999999", StringComparison.Ordinal));
        CommandLine.Run("generate", _run).Refuses(1, "does not fit together");
        File.WriteAllText(config, before);

        string weights = Path.Combine(_run, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        bytes.AsSpan(bytes.Length - 4).Fill(0xFF);
        File.WriteAllBytes(weights, bytes);
        CommandLine.Run("generate", _run).Refuses(1, "damaged");
    }

    [Fact]
    public void A_run_is_overwritten_only_by_force()
    {
        byte[] weights = File.ReadAllBytes(Path.Combine(_run, "model.safetensors"));
        CommandLine.Train(_text, _run, "--steps", "3").Refuses(1, "--force", "--resume", "--out");
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(_run, "model.safetensors")));

        Assert.Equal(0, CommandLine.Train(_text, _run, "--steps", "3", "--force").Code);
        Assert.NotEqual(weights, File.ReadAllBytes(Path.Combine(_run, "model.safetensors")));
    }

    [Fact]
    public void Force_leaves_foreign_files_and_folders_alone()
    {
        File.WriteAllText(Path.Combine(_run, "notes.txt"), "mine");
        Assert.Equal(0, CommandLine.Train(_text, _run, "--steps", "3", "--force").Code);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_run, "notes.txt")));

        string foreign = _folder["foreign"];
        Directory.CreateDirectory(foreign);
        File.WriteAllText(Path.Combine(foreign, "README.md"), "mine");
        CommandLine.Train(_text, foreign, "--steps", "3", "--force").Refuses(1, "no run of Unfold", "README.md");
        Assert.Equal("mine", File.ReadAllText(Path.Combine(foreign, "README.md")));
        File.Move(Path.Combine(foreign, "README.md"), Path.Combine(foreign, "notes.tmp-1.txt"));
        CommandLine.Train(_text, foreign, "--steps", "3").Refuses(1, "no run of Unfold", "notes.tmp-1.txt");
        CommandLine.Train(_text, _text, "--steps", "3", "--force").Refuses(1, "is a file");
        CommandLine.Train(_text, Path.Combine(_text, "a", "b"), "--steps", "3").Refuses(1, $"{_text} is a file", "--out");
    }

    [Fact]
    public void A_failed_start_by_force_keeps_the_old_run()
    {
        byte[] weights = File.ReadAllBytes(Path.Combine(_run, "model.safetensors"));
        CommandLine.Train(_folder["none.txt"], _run, "--force").Refuses(1, "none.txt");
        CommandLine.Train(_text, _run, "--force", "--valid-fraction", "0.9999").Refuses(1, "tokens");
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(_run, "model.safetensors")));
    }

    [Fact]
    public void A_read_only_folder_and_a_full_disk_are_named()
    {
        using var mounted = new MountedFolder("size=64k");
        CommandLine.Train(_text, mounted["run"], "--steps", "3", "--hidden", "64").Refuses(1, "checkpoint.safetensors", "the disk is full");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(mounted["run"])!));

        mounted.MakeReadOnly();
        CommandLine.Train(_text, mounted["other"], "--steps", "3").Refuses(1, mounted["other"], "read-only");
    }

    [Fact]
    public void A_run_that_cannot_be_written_leaves_the_one_that_it_should_replace()
    {
        using var mounted = new MountedFolder("size=192k");
        Assert.Equal(0, CommandLine.Train(_text, mounted["run"], "--steps", "3").Code);
        string[] names = [.. Directory.EnumerateFileSystemEntries(mounted["run"]).Order(StringComparer.Ordinal)];
        byte[][] before = [.. names.Select(File.ReadAllBytes)];

        CommandLine.Train(_text, mounted["run"], "--steps", "3", "--hidden", "128", "--force").Refuses(1, "checkpoint.safetensors", "the disk is full");

        Assert.Equal(names, Directory.EnumerateFileSystemEntries(mounted["run"]).Order(StringComparer.Ordinal));
        Assert.Equal(before, names.Select(File.ReadAllBytes));
        Assert.Equal(0, CommandLine.Run("generate", mounted["run"], "--length", "3").Code);
    }

    [Fact]
    public void A_token_of_control_characters_is_shown_without_them()
    {
        string text = _folder["strange.txt"], run = _folder["strange"];
        File.WriteAllText(text, string.Concat(Enumerable.Repeat("a\tb\e\n", 60)));
        Assert.Equal(0, CommandLine.Train(text, run, "--steps", "2").Code);
        Said said = CommandLine.Run("inspect", run);
        Assert.Contains("\\t", said.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(said.Output, letter => char.IsControl(letter) && letter != '\n');
    }

    [Fact]
    public void A_folder_has_its_name_on_the_card_also_where_a_separator_follows_it()
    {
        string folder = _folder["named"] + Path.DirectorySeparatorChar;
        Assert.Equal(0, CommandLine.Train(_text, folder, "--steps", "2").Code);
        string card = File.ReadAllText(_folder["named/README.md"]);
        Assert.StartsWith("# named\n", card, StringComparison.Ordinal);
        Assert.Contains("unfold generate named ", card, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_start_leaves_nothing_behind()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a path that cannot be written.");
        string plain = _folder["plain"];
        new Unfold.Persistence.ModelFolder(plain).Save(new Unfold.Persistence.ModelFolder(_run).Load());
        CommandLine.Run("train", "--resume", plain).Refuses(1, "no training run");
        Assert.False(File.Exists(Path.Combine(plain, ".lock")));
        string[] entries = Directory.GetFileSystemEntries(_run);
        Assert.Equal(0, CommandLine.Train(_text, _run, "--steps", "2", "--force").Code);
        Assert.Equal(entries.Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(_run).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_disk_that_fills_up_during_a_run_costs_nothing_that_was_saved()
    {
        // Room for the first checkpoint and the weights, not for a second checkpoint beside the first.
        using var mounted = new MountedFolder("size=160k");
        string run = mounted["run"];
        CommandLine.Train(_text, run, "--steps", "6", "--hidden", "32").Refuses(1, "checkpoint.safetensors", "the disk is full", "what stood there before is unchanged");
        Assert.DoesNotContain(Directory.EnumerateFiles(run), file => file.Contains(".tmp-", StringComparison.Ordinal));

        mounted.Resize("1m");
        Assert.Equal(0, CommandLine.Run("train", "--resume", run, "--threads", "1").Code);
        Assert.Equal(0, CommandLine.Train(_text, _folder["straight"], "--steps", "6", "--hidden", "32").Code);
        Assert.Equal(File.ReadAllBytes(_folder["straight/model.safetensors"]), File.ReadAllBytes(mounted["run/model.safetensors"]));
    }
}
