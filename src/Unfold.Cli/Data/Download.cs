using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using Unfold.Persistence;

namespace Unfold.Cli.Data;

/// <summary>
/// Fetches files. A file stands under its name only when all of it is there and its checksum is right; what has come so far stands beside it, and the
/// next try goes on from there.
/// </summary>
/// <param name="client">Sends the requests; it is not disposed of here.</param>
/// <param name="patience">How long a server may be silent.</param>
internal sealed class Download(HttpClient client, TimeSpan patience)
{
    private const string PartialEnding = ".partial", TagEnding = ".partial.etag";
    private const int BufferBytes = 1 << 16, MostTries = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Fetches a file unless it is there already.</summary>
    /// <param name="file">What.</param>
    /// <param name="target">Where it is to stand; its folder exists.</param>
    /// <param name="progress">Told the bytes that are there.</param>
    /// <param name="cancellation">Ends the work; what has come so far is kept.</param>
    /// <exception cref="UnfoldException">The server cannot be reached, has another file or none, or the disk refuses it.</exception>
    public async Task FetchAsync(KnownFile file, string target, Action<long> progress, CancellationToken cancellation)
    {
        // Found here, not after all of it has come.
        if (((string[])[target, target + PartialEnding, target + TagEnding]).FirstOrDefault(Directory.Exists) is string folder)
        {
            throw new UnfoldException($"Cannot write {folder}: a folder of that name stands there. Rename or delete it, and run the command again.");
        }

        try
        {
            await FetchIntoAsync(file, target, progress, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (FileFailure.IsFileFailure(failure))
        {
            throw new UnfoldException($"Cannot write {target}: {FileFailure.Reason(failure, target)}. {CacheFolder.Advice}", failure);
        }
    }

    /// <summary>Whether a file is there with the right content.</summary>
    public static async Task<bool> IsWholeAsync(KnownFile file, string path, CancellationToken cancellation)
    {
        if (new FileInfo(path) is not { Exists: true } info || info.Length != file.Bytes)
        {
            return false;
        }

        using FileStream content = File.OpenRead(path);
        return await HashAsync(content, cancellation).ConfigureAwait(false) == file.Sha256;
    }

    private async Task FetchIntoAsync(KnownFile file, string target, Action<long> progress, CancellationToken cancellation)
    {
        if (await IsWholeAsync(file, target, cancellation).ConfigureAwait(false))
        {
            return;
        }

        using FileStream partial = Open(target + PartialEnding);
        if (partial.Length > file.Bytes)
        {
            partial.SetLength(0);
        }

        bool resumed = partial.Length > 0;
        try
        {
            await CompleteAsync(file, target, partial, progress, cancellation).ConfigureAwait(false);
        }
        catch when (partial.Length == 0)
        {
            Forget(target, partial);
            throw;
        }

        string found = await HashAsync(partial, cancellation).ConfigureAwait(false);
        if (found != file.Sha256 && resumed)
        {
            // What was there may have come from another file: all of it anew.
            partial.SetLength(0);
            await CompleteAsync(file, target, partial, progress, cancellation).ConfigureAwait(false);
            found = await HashAsync(partial, cancellation).ConfigureAwait(false);
        }

        if (found != file.Sha256)
        {
            Forget(target, partial);
            throw new UnfoldException($"The file that {file.Address} sends is not the known one: SHA-256 {file.Sha256} was wanted, but found {found}. It has changed there or on its way, and nothing of it is kept.");
        }

        partial.Flush(flushToDisk: true);
        File.Move(target + PartialEnding, target, overwrite: true);
        File.Delete(target + TagEnding);
    }

    private static FileStream Open(string path)
    {
        try
        {
            return LockedFile.Open(path, BufferBytes);
        }
        catch (IOException failure) when (LockedFile.IsHeldByAnother(failure))
        {
            throw new UnfoldException($"{path} is in use: another process fetches this file. Wait for it, or end it.", failure);
        }
    }

    private static async Task<string> HashAsync(FileStream content, CancellationToken cancellation)
    {
        content.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation).ConfigureAwait(false));
    }

    private static void Forget(string target, FileStream partial)
    {
        partial.Dispose();
        File.Delete(target + PartialEnding);
        File.Delete(target + TagEnding);
    }

    /// <summary>Asks for what is missing until nothing is; gives up where several tries in a row bring nothing further.</summary>
    private async Task CompleteAsync(KnownFile file, string target, FileStream partial, Action<long> progress, CancellationToken cancellation)
    {
        long most = partial.Length;
        for (int failed = 0; partial.Length < file.Bytes;)
        {
            string? reason = await TryAsync(file, target, partial, progress, cancellation).ConfigureAwait(false);
            failed = partial.Length > most ? 0 : failed + 1;
            most = Math.Max(most, partial.Length);
            if (reason is null)
            {
                return;
            }

            if (failed == MostTries)
            {
                throw new UnfoldException($"Fetching {file.Address} broke off after {partial.Length} of {file.Bytes} bytes ({reason}). {(partial.Length > 0 ? "They are kept: run the command again to go on from there." : "Try again later.")}");
            }

            await Task.Delay(Pause * failed, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asks once for what is missing.</summary>
    /// <returns>Why it is not all there then; null where it is.</returns>
    private async Task<string?> TryAsync(KnownFile file, string target, FileStream partial, Action<long> progress, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(patience);
        try
        {
            using HttpRequestMessage request = Request(file, target, partial.Length);
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            if (Refusal(file, target, response, partial) is string refusal)
            {
                return refusal;
            }

            File.WriteAllText(target + TagEnding, response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : "");
            using Stream content = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            await CopyAsync(content, file, partial, progress, silence).ConfigureAwait(false);
            return partial.Length < file.Bytes ? "the connection was closed too early" : null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return FormattableString.Invariant($"nothing came for {patience.TotalSeconds:0.#} seconds");
        }
        catch (HttpRequestException failure) when (partial.Length == 0 && IsUnreachable(failure.HttpRequestError))
        {
            string there = File.Exists(target) ? $"{target} holds other bytes than the known file. " : "";
            throw new UnfoldException($"{there}Cannot reach {file.Address.Host} ({Reason(failure)}): check the connection. Or fetch {file.Address} where there is one, and put it here as {target}.", failure);
        }
        catch (HttpRequestException failure)
        {
            return Reason(failure);
        }
        catch (IOException failure) when (failure is HttpIOException || failure.InnerException is SocketException)
        {
            return Reason(failure);
        }
    }

    private static bool IsUnreachable(HttpRequestError error) =>
        error is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    private static HttpRequestMessage Request(KnownFile file, string target, long have)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, file.Address);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("unfold", null));
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
            string tag = File.Exists(target + TagEnding) ? File.ReadAllText(target + TagEnding) : "";
            if (EntityTagHeaderValue.TryParse(tag, out EntityTagHeaderValue? known))
            {
                request.Headers.IfRange = new RangeConditionHeaderValue(known);
            }
        }

        return request;
    }

    /// <summary>Looks at what the server is about to send, and puts the file's end to where that begins.</summary>
    /// <returns>Why it is worth asking again; null where the content is what was asked for.</returns>
    private static string? Refusal(KnownFile file, string target, HttpResponseMessage response, FileStream partial)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent when response.Content.Headers.ContentRange?.From == partial.Length:
                RequireLength(file, target, response.Content.Headers.ContentRange.Length, partial);
                partial.Position = partial.Length;
                return null;
            case HttpStatusCode.OK:
                RequireLength(file, target, response.Content.Headers.ContentLength, partial);
                partial.SetLength(0);
                return null;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable:
                partial.SetLength(0);
                return "the server sent another part than the one that was wanted";
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                return FormattableString.Invariant($"the server answers {(int)response.StatusCode}");
            default:
                if (partial.Length == 0)
                {
                    Forget(target, partial);
                }

                throw new UnfoldException(FormattableString.Invariant($"{file.Address} is not there: the server answers {(int)response.StatusCode} ({response.ReasonPhrase}), but 200 (OK) was wanted. The corpus may have moved."));
        }
    }

    private static void RequireLength(KnownFile file, string target, long? offered, FileStream partial)
    {
        if (offered is long bytes && bytes != file.Bytes)
        {
            Forget(target, partial);
            throw new UnfoldException($"The file that {file.Address} sends is not the known one: {file.Bytes} bytes were wanted, but it has {bytes}. It has changed there, and nothing of it is kept.");
        }
    }

    private async Task CopyAsync(Stream content, KnownFile file, FileStream partial, Action<long> progress, CancellationTokenSource silence)
    {
        byte[] buffer = new byte[BufferBytes];

        // What comes after the last byte is not waited for, for it may never end: the checksum will tell.
        while (partial.Length < file.Bytes)
        {
            int count = await content.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
            if (count == 0)
            {
                break;
            }

            silence.CancelAfter(patience);
            partial.Write(buffer, 0, (int)Math.Min(count, file.Bytes - partial.Length));
            progress(partial.Length);
        }

        partial.Flush();
    }

    private static string Reason(Exception failure) => (failure.InnerException ?? failure).Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
