using System.Text.Json;
using Unfold.Cli.Data;
using Unfold.Tests.Experiments;
using Unfold.Tests.Persistence;
using Unfold.Tests.Support;

namespace Unfold.Tests.Cli.Data;

public sealed class DataCommandTests
{
    [Fact]
    public void The_list_says_what_where_from_and_under_what_terms()
    {
        Said said = CommandLine.Run("data", "list");
        JsonElement[] corpora = [.. CommandLine.Run("data", "list", "--json").Json.GetProperty("corpora").EnumerateArray()];
        Assert.Equal(CorpusCatalogue.All.Select(corpus => corpus.Name), corpora.Select(corpus => corpus.GetProperty("name").GetString()));
        foreach (JsonElement corpus in corpora)
        {
            Assert.All((string[])["name", "content", "origin", "licence"], field => Assert.Contains(corpus.GetProperty(field).GetString()!, said.Output, StringComparison.Ordinal));
            Assert.All(corpus.GetProperty("files").EnumerateArray(), file => Assert.Contains(file.GetProperty("sha256").GetString()!, said.Output, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_catalogue_is_sound()
    {
        Assert.Equal(CorpusCatalogue.All.Count, CorpusCatalogue.All.Select(corpus => corpus.Name).Distinct().Count());
        foreach (KnownCorpus corpus in CorpusCatalogue.All)
        {
            Assert.Matches("^[a-z0-9-]+$", corpus.Name);
            Assert.Equal(corpus.Files.Count, corpus.Files.Select(file => file.Name).Distinct().Count());
            Assert.All(corpus.Files, file => Assert.Matches("^[0-9a-f]{64}$", file.Sha256));
            Assert.All(corpus.Files, file => Assert.Matches("^https://raw.githubusercontent.com/[^/]+/[^/]+/[0-9a-f]{40}/", file.Address.AbsoluteUri));
            Assert.All(corpus.Files, file => Assert.Equal(Path.GetFileName(file.Name), file.Name));
        }
    }

    [Theory]
    [InlineData("tinyshakespeare", "tinyshakespeare", "input.txt")]
    [InlineData("tatoeba-en-zh", "tatoeba_en_zh", "cmn.txt")]
    [InlineData("movie-reviews", "mr_polarity", "rt-polarity.neg", "rt-polarity.pos")]
    [InlineData("names", "names_18_languages", "Arabic.txt", "Chinese.txt", "Czech.txt", "Dutch.txt", "English.txt", "French.txt", "German.txt", "Greek.txt", "Irish.txt", "Italian.txt", "Japanese.txt", "Korean.txt", "Polish.txt", "Portuguese.txt", "Russian.txt", "Scottish.txt", "Spanish.txt", "Vietnamese.txt")]
    [InlineData("jieba", "jieba", "dict.txt.small")]
    public async Task The_checksums_are_those_of_the_files(string name, string folder, params string[] files)
    {
        KnownCorpus corpus = CorpusCatalogue.All.Single(one => one.Name == name);
        Assert.Equal(files.Length, corpus.Files.Count);
        foreach ((KnownFile known, string file) in corpus.Files.Zip(files))
        {
            Assert.True(await Download.IsWholeAsync(known, RealData.Folder([folder]).Path($"{folder}/{file}"), TestContext.Current.CancellationToken), file);
        }
    }

    [Fact]
    public void Offline_a_file_that_was_put_there_is_checked_and_used_and_another_is_said_to_be_out_of_reach()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "No variable says where the cache is on Windows.");
        using var folder = new TemporaryFolder();
        Said Get(string name)
        {
            // Nobody listens at port 9 of this machine.
            string[] line = [.. ProgramLine.Of("Unfold.Cli"), "data", "get", name];
            var start = new System.Diagnostics.ProcessStartInfo(line[0], line[1..])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["XDG_CACHE_HOME"] = folder.Path, ["https_proxy"] = "http://127.0.0.1:9", ["no_proxy"] = "" },
            };
            using var process = System.Diagnostics.Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new Said(process.ExitCode, output, error.Result);
        }

        Get("tinyshakespeare").Refuses(1, "Cannot reach", "put it here as", Path.Combine(folder.Path, "unfold", "data", "tinyshakespeare", "tinyshakespeare.txt"));
        string target = Path.Combine(folder.Path, "unfold", "data", "tinyshakespeare", "tinyshakespeare.txt");
        File.Copy(RealData.Folder(["tinyshakespeare"]).Path("tinyshakespeare/input.txt"), target);
        Said there = Get("tinyshakespeare");
        Assert.Equal((0, target + "\n", ""), (there.Code, there.Output, there.Error));
    }
}
