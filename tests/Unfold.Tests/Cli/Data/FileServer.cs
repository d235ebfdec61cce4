using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Unfold.Tests.Cli.Data;

/// <summary>A server on this machine that answers each request as the test says, and may break off wherever it likes.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Queue<Func<string, byte[]>> _answers;
    private readonly List<string> _requests = [];
    private readonly Task _serving;

    /// <summary>Starts a server.</summary>
    /// <param name="answers">What is sent for one request after the other, head included, before the connection is closed; the last one is sent for all further ones. An empty one sends nothing and waits.</param>
    public FileServer(params IEnumerable<Func<string, byte[]>> answers)
    {
        _answers = new Queue<Func<string, byte[]>>(answers);
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether the bytes of an answer are sent again and again until the other side leaves.</summary>
    public bool Endless { get; init; }

    public Uri Address => new($"http://127.0.0.1:{Port}/file");

    /// <summary>The heads of the requests.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>The file as a whole, cut off after some bytes of it.</summary>
    public static Func<string, byte[]> Whole(byte[] content, int? until = null) =>
        _ => Answer("200 OK", content.Length, "ETag: \"one\"", content.AsSpan(0, until ?? content.Length));

    /// <summary>The part that was asked for, cut off after some bytes of it.</summary>
    public static Func<string, byte[]> Part(byte[] content, int? bytes = null) => request =>
    {
        string range = request.Split('\n').Single(line => line.StartsWith("Range: ", StringComparison.Ordinal));
        int from = int.Parse(range["Range: bytes=".Length..].Trim().TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture);
        int length = content.Length - from;
        return Answer("206 Partial Content", length, $"Content-Range: bytes {from}-{content.Length - 1}/{content.Length}", content.AsSpan(from, Math.Min(length, bytes ?? length)));
    };

    /// <summary>An answer without content.</summary>
    public static Func<string, byte[]> Status(string status, string header = "X-None: 1") => _ => Answer(status, 0, header, []);

    public static byte[] Answer(string status, int length, string header, ReadOnlySpan<byte> content) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{header}\r\nConnection: close\r\n\r\n"), .. content];

    public void Dispose()
    {
        _listener.Stop();
        _serving.Wait();
    }

    private async Task ServeAsync()
    {
        var open = new List<Socket>();
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync();
                open.Add(socket);
                string request = await HeadAsync(socket);
                lock (_requests)
                {
                    _requests.Add(request);
                }

                byte[] answer = (_answers.Count > 1 ? _answers.Dequeue() : _answers.Peek())(request);
                if (answer.Length > 0)
                {
                    do
                    {
                        await socket.SendAsync(answer);
                    }
                    while (Endless);

                    socket.Shutdown(SocketShutdown.Send);
                }
            }
        }
        catch (Exception failure) when (failure is SocketException or InvalidOperationException)
        {
            // The test is over.
        }
        finally
        {
            open.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task<string> HeadAsync(Socket socket)
    {
        var head = new StringBuilder();
        byte[] buffer = new byte[1024];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            int count = await socket.ReceiveAsync(buffer);
            if (count == 0)
            {
                break;
            }

            head.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return head.ToString();
    }
}
