using System.Security.Cryptography;
using Unfold.Cli.Data;
using Unfold.Numerics;
using Unfold.Tests.Persistence;

namespace Unfold.Tests.Cli.Data;

/// <summary>Fetching from a server that behaves well, and from many that do not.</summary>
public sealed class DownloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _content = new byte[300_000];
    private readonly string _target;

    public DownloadTests()
    {
        var random = new SeededRandom(5);
        for (int i = 0; i < _content.Length; i++)
        {
            _content[i] = (byte)random.NextInt32(256);
        }

        _target = _folder["file.txt"];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_is_fetched_once()
    {
        using var server = new FileServer(FileServer.Whole(_content));
        var seen = new List<long>();

        await FetchAsync(server.Address, seen.Add);
        await FetchAsync(server.Address);

        Assert.Single(server.Requests);
        Assert.Equal(_content.Length, seen[^1]);
        Assert.Equal(seen.Order(), seen);
        RequireOnlyTheFile();
    }

    [Fact]
    public async Task What_broke_off_goes_on_where_it_stopped()
    {
        using var server = new FileServer(FileServer.Whole(_content, 100_000), FileServer.Part(_content, 50_000), FileServer.Part(_content));
        await FetchAsync(server.Address);
        Assert.Equal(3, server.Requests.Count);
        Assert.DoesNotContain("Range", server.Requests[0], StringComparison.Ordinal);
        Assert.Contains("\nRange: bytes=100000-\r", server.Requests[1], StringComparison.Ordinal);
        Assert.Contains("\nIf-Range: \"one\"\r", server.Requests[1], StringComparison.Ordinal);
        Assert.Contains("\nRange: bytes=150000-\r", server.Requests[2], StringComparison.Ordinal);
        RequireOnlyTheFile();
    }

    [Fact]
    public async Task A_later_process_goes_on_too()
    {
        using (var dying = new FileServer(FileServer.Whole(_content, 100_000), FileServer.Status("503 Service Unavailable")))
        {
            UnfoldException failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(dying.Address));
            Assert.Contains("broke off after 100000 of 300000 bytes (the server answers 503)", failure.Message, StringComparison.Ordinal);
            Assert.Equal(5, dying.Requests.Count);
        }

        Assert.False(File.Exists(_target));
        Assert.Equal(_content[..100_000], File.ReadAllBytes(_target + ".partial"));
        using var server = new FileServer(FileServer.Part(_content));
        await FetchAsync(server.Address);
        Assert.Contains("Range: bytes=100000-", Assert.Single(server.Requests), StringComparison.Ordinal);
        RequireOnlyTheFile();
    }

    [Fact]
    public async Task Of_a_server_that_sends_nothing_nothing_is_kept()
    {
        using var server = new FileServer(FileServer.Status("503 Service Unavailable"));
        UnfoldException failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(server.Address));
        Assert.EndsWith("after 0 of 300000 bytes (the server answers 503). Try again later.", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_target + ".partial"));
    }

    [Fact]
    public async Task A_server_without_ranges_is_asked_for_all_of_it_again()
    {
        using var server = new FileServer(FileServer.Whole(_content, 100_000), FileServer.Whole(_content));
        await FetchAsync(server.Address);
        Assert.Equal(2, server.Requests.Count);
        RequireOnlyTheFile();
    }

    [Fact]
    public async Task A_server_that_always_breaks_off_is_left()
    {
        using var server = new FileServer(FileServer.Whole(_content, 100_000));
        UnfoldException failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(server.Address));
        Assert.Contains("after 100000 of 300000 bytes", failure.Message, StringComparison.Ordinal);
        Assert.Contains("run the command again", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, server.Requests.Count);
    }

    [Fact]
    public async Task A_wrong_content_is_not_kept()
    {
        byte[] other = [.. _content];
        other[77]++;
        using var server = new FileServer(FileServer.Whole(other));
        UnfoldException failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(server.Address));
        Assert.Contains($"{Hash(_content)} was wanted, but found {Hash(other)}", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_beginning_of_another_file_is_fetched_anew()
    {
        File.WriteAllBytes(_target + ".partial", new byte[1000]);
        using var server = new FileServer(FileServer.Part(_content), FileServer.Whole(_content));
        await FetchAsync(server.Address);
        Assert.Equal(2, server.Requests.Count);
        Assert.DoesNotContain("Range", server.Requests[1], StringComparison.Ordinal);
        RequireOnlyTheFile();
    }

    [Fact]
    public async Task A_damaged_file_is_fetched_anew()
    {
        File.WriteAllBytes(_target, [.. _content.Reverse()]);
        File.WriteAllBytes(_target + ".partial", [.. _content, 1, 2, 3]);
        using var server = new FileServer(FileServer.Whole(_content));
        await FetchAsync(server.Address);
        RequireOnlyTheFile();
    }

    [Fact]
    public async Task A_file_of_another_length_is_refused_before_it_comes()
    {
        using var server = new FileServer(FileServer.Whole([.. _content, 1]));
        UnfoldException failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(server.Address));
        Assert.Contains("300000 bytes were wanted, but it has 300001", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task What_has_come_of_a_file_that_has_changed_since_is_not_kept()
    {
        File.WriteAllBytes(_target + ".partial", _content[..1234]);
        File.WriteAllText(_target + ".partial.etag", "\"one\"");
        using var server = new FileServer(FileServer.Part([.. _content, 1]));
        UnfoldException failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(server.Address));
        Assert.Contains("nothing of it is kept", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_file_whose_sending_never_ends_is_there_with_its_last_byte()
    {
        byte[] more = [.. "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8, .. _content];
        using var server = new FileServer(_ => more) { Endless = true };
        using var tooLate = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await FetchAsync(server.Address, cancellation: tooLate.Token);
        RequireOnlyTheFile();
    }

    [Fact]
    public async Task More_than_was_announced_is_not_written()
    {
        byte[] more = [.. "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8, .. _content, .. _content];
        using var server = new FileServer(_ => more);
        await FetchAsync(server.Address);
        RequireOnlyTheFile();
    }

    [Theory]
    [InlineData("404 Not Found", "the server answers 404 (Not Found)")]
    [InlineData("403 Forbidden", "403 (Forbidden)")]
    [InlineData("301 Moved Permanently", "301")]
    public async Task A_file_that_is_not_there_is_said_at_once(string status, string word)
    {
        using var server = new FileServer(FileServer.Status(status));
        UnfoldException failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(server.Address));
        Assert.Contains(word, failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_redirection_is_followed_with_the_range()
    {
        File.WriteAllBytes(_target + ".partial", _content[..1234]);
        using var second = new FileServer(FileServer.Part(_content));
        using var first = new FileServer(FileServer.Status("302 Found", $"Location: {second.Address}"));
        await FetchAsync(first.Address);
        Assert.Contains("Range: bytes=1234-", Assert.Single(second.Requests), StringComparison.Ordinal);
        RequireOnlyTheFile();
    }

    [Fact]
    public async Task A_silent_server_is_not_waited_for()
    {
        using var server = new FileServer(_ => []);
        UnfoldException failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(server.Address, patience: 0.2));
        Assert.Contains("nothing came for 0.2 seconds", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_one_keeps_what_has_come()
    {
        using var cancelled = new CancellationTokenSource();
        using var server = new FileServer(FileServer.Whole(_content, 100_000), _ => []);
        void Stop(long bytes)
        {
            if (bytes == 100_000)
            {
                cancelled.CancelAfter(50);
            }
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FetchAsync(server.Address, Stop, cancellation: cancelled.Token));
        Assert.Equal(_content[..100_000], File.ReadAllBytes(_target + ".partial"));
        Assert.False(File.Exists(_target));
    }

    [Fact]
    public async Task Without_a_connection_the_way_out_is_said()
    {
        Uri nobody;
        using (var server = new FileServer(FileServer.Whole(_content)))
        {
            nobody = server.Address;
        }

        UnfoldException failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(nobody));
        Assert.Contains("Cannot reach 127.0.0.1", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"put it here as {_target}", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_target + ".partial"));

        File.WriteAllBytes(_target, _content[1..]);
        failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(nobody));
        Assert.StartsWith($"{_target} holds other bytes than the known file", failure.Message, StringComparison.Ordinal);
        Assert.Equal(_content[1..], File.ReadAllBytes(_target));
    }

    [Fact]
    public async Task Two_processes_do_not_write_the_same_file()
    {
        using var server = new FileServer(FileServer.Whole(_content));
        using var other = new FileStream(_target + ".partial", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        UnfoldException failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(server.Address));
        Assert.Contains("another process fetches this file", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_second_one_at_the_same_time_is_refused_and_the_first_is_not_spoiled()
    {
        using var server = new FileServer(FileServer.Whole(_content));
        UnfoldException? second = null;
        void FetchToo(long bytes) => second ??= Assert.Throws<UnfoldException>(() => FetchAsync(server.Address).GetAwaiter().GetResult());
        await FetchAsync(server.Address, FetchToo);
        Assert.Contains("another process fetches this file", second!.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        RequireOnlyTheFile();
    }

    [Theory]
    [InlineData("")]
    [InlineData(".partial")]
    [InlineData(".partial.etag")]
    public async Task A_folder_in_the_way_is_named_before_anything_comes(string ending)
    {
        Directory.CreateDirectory(_target + ending);
        using var server = new FileServer(FileServer.Whole(_content));
        UnfoldException failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(server.Address));
        Assert.Equal($"Cannot write {_target + ending}: a folder of that name stands there. Rename or delete it, and run the command again.", failure.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_full_disk_and_a_read_only_one_are_named()
    {
        using var disk = new MountedFolder("size=64k");
        using var server = new FileServer(FileServer.Whole(_content));
        UnfoldException failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(server.Address, target: disk["file.txt"]));
        Assert.StartsWith($"Cannot write {disk["file.txt"]}: the disk is full. ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("XDG_CACHE_HOME", failure.Message, StringComparison.Ordinal);
        disk.MakeReadOnly();
        failure = await Assert.ThrowsAsync<UnfoldException>(() => FetchAsync(server.Address, target: disk["other.txt"]));
        Assert.StartsWith($"Cannot write {disk["other.txt"]}: the folder lies on a read-only disk. ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_in_place_of_the_cache_is_named()
    {
        File.WriteAllText(_target, "");
        string folder = Path.Combine(_target, "unfold", "data", "names");
        var failure = Assert.Throws<UnfoldException>(() => CacheFolder.Create(folder));
        Assert.StartsWith($"Cannot create the folder {folder}: {_target} is a file. ", failure.Message, StringComparison.Ordinal);
    }

    private async Task FetchAsync(Uri address, Action<long>? progress = null, double patience = 30, CancellationToken? cancellation = null, string? target = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var file = new KnownFile("file.txt", address, _content.Length, Hash(_content));
        await new Download(client, TimeSpan.FromSeconds(patience)).FetchAsync(file, target ?? _target, progress ?? (_ => { }), cancellation ?? TestContext.Current.CancellationToken);
    }

    private void RequireOnlyTheFile()
    {
        Assert.Equal([_target], Directory.GetFiles(_folder.Path));
        Assert.Equal(Hash(_content), Hash(File.ReadAllBytes(_target)));
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
