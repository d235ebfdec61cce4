using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Unfold.Cli.Data;

namespace Unfold.Cli.Commands;

/// <summary>unfold data: lists known public corpora and fetches them.</summary>
internal sealed class DataCommand(Terminal terminal)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Option<bool> _json = Options.Switch("--json", "Print one JSON object.");
    private readonly Argument<string[]> _names = new("NAME") { Description = "The corpora to fetch; unfold data list names them.", Arity = ArgumentArity.OneOrMore };

    /// <summary>Makes the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var verb = new DataCommand(terminal);
        var list = new Command("list", "List known public corpora: content, origin, licence, size, and whether they are there.") { verb._json };
        var get = new Command("get", "Fetch corpora into the user's cache, check them, and print the paths of their files.") { verb._names, verb._json };
        list.SetAction(parsed => verb.List(parsed.GetValue(verb._json)));
        get.SetAction(verb.Get);
        return new Command("data", "List known public corpora, and fetch them.") { list, get };
    }

    private int List(bool json)
    {
        string folder = CacheFolder.Path;
        if (json)
        {
            JsonOutput.Write(terminal, writer =>
            {
                writer.WriteString("folder", folder);
                writer.WriteStartArray("corpora");
                foreach (KnownCorpus corpus in CorpusCatalogue.All)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", corpus.Name);
                    writer.WriteString("content", corpus.Content);
                    writer.WriteString("origin", corpus.Origin);
                    writer.WriteString("licence", corpus.Licence);
                    writer.WriteNumber("bytes", corpus.Bytes);
                    writer.WriteBoolean("fetched", IsFetched(corpus, folder));
                    WriteFiles(writer, corpus, folder);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return ExitCode.Done;
        }

        foreach (KnownCorpus corpus in CorpusCatalogue.All)
        {
            terminal.Output.WriteLine(corpus.Name);
            terminal.Output.WriteLine($"  content  {corpus.Content}");
            terminal.Output.WriteLine($"  origin   {corpus.Origin}");
            terminal.Output.WriteLine($"  licence  {corpus.Licence}");
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  size     {corpus.Bytes:N0} bytes{(IsFetched(corpus, folder) ? ", fetched" : "")}"));
            foreach (KnownFile file in corpus.Files)
            {
                terminal.Output.WriteLine($"  file     {file.Name}, SHA-256 {file.Sha256}");
                terminal.Output.WriteLine($"           {file.Address}");
            }
        }

        terminal.Line($"They are kept in {folder}.");
        return ExitCode.Done;
    }

    private int Get(ParseResult parsed)
    {
        KnownCorpus[] corpora = [.. parsed.GetRequiredValue(_names).Select(Find)];
        string folder = CacheFolder.Path;
        using var interruption = new Interruption(terminal);
        try
        {
            Fetch(corpora, folder, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Asked)
        {
            terminal.Line("Interrupted. What has come so far is kept, and the same command goes on from there.");
            return ExitCode.Interrupted;
        }

        if (parsed.GetValue(_json))
        {
            JsonOutput.Write(terminal, writer =>
            {
                writer.WriteStartArray("corpora");
                foreach (KnownCorpus corpus in corpora)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", corpus.Name);
                    WriteFiles(writer, corpus, folder);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return ExitCode.Done;
        }

        foreach (string path in corpora.SelectMany(corpus => corpus.Files.Select(file => Target(corpus, file, folder))))
        {
            terminal.Output.WriteLine(path);
        }

        return ExitCode.Done;
    }

    private void Fetch(KnownCorpus[] corpora, string folder, CancellationToken cancellation)
    {
        using var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = Patience }) { Timeout = Timeout.InfiniteTimeSpan };
        var download = new Download(client, Patience);
        double all = corpora.Sum(corpus => corpus.Bytes);
        long before = 0;
        using var progress = new ProgressLine(terminal, "Fetching");
        foreach (KnownCorpus corpus in corpora)
        {
            CacheFolder.Create(Path.Combine(folder, corpus.Name));
            foreach (KnownFile file in corpus.Files)
            {
                download.FetchAsync(file, Target(corpus, file, folder), bytes => progress.Show((before + bytes) / all), cancellation).GetAwaiter().GetResult();
                before += file.Bytes;
            }
        }
    }

    private static KnownCorpus Find(string name) =>
        CorpusCatalogue.All.FirstOrDefault(corpus => corpus.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"There is no known corpus {name}: choose one of {string.Join(", ", CorpusCatalogue.All.Select(corpus => corpus.Name))}.");

    private static string Target(KnownCorpus corpus, KnownFile file, string folder) => Path.Combine(folder, corpus.Name, file.Name);

    /// <summary>Whether all files stand there; only fetching looks at their content.</summary>
    private static bool IsFetched(KnownCorpus corpus, string folder) =>
        corpus.Files.All(file => new FileInfo(Target(corpus, file, folder)) is { Exists: true } info && info.Length == file.Bytes);

    private static void WriteFiles(Utf8JsonWriter writer, KnownCorpus corpus, string folder)
    {
        writer.WriteStartArray("files");
        foreach (KnownFile file in corpus.Files)
        {
            writer.WriteStartObject();
            writer.WriteString("path", Target(corpus, file, folder));
            writer.WriteString("address", file.Address.AbsoluteUri);
            writer.WriteNumber("bytes", file.Bytes);
            writer.WriteString("sha256", file.Sha256);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
