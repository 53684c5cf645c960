using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Parley.Tests.Durability;

/// <summary>
/// A next hop that counts what it took, message by message and connection by connection, and remembers which connections
/// were cut: a sender may send again only what it cannot know to have arrived.
/// </summary>
internal sealed class CountingSink : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Random random = new(1);
    private readonly Task accepting;
    private int connections;

    public CountingSink()
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = Accept();
    }

    public int Port { get; }

    /// <summary>Each message that came to its final dot: its subject, its connection, and its place on it.</summary>
    public ConcurrentQueue<(string Subject, int Connection, int Place)> Taken { get; } = new();

    /// <summary>How many messages came over each connection that ended without QUIT.</summary>
    public ConcurrentDictionary<int, int> Cut { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                _ = Serve(client, Interlocked.Increment(ref connections));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Serve(TcpClient client, int connection)
    {
        using var held = client;
        client.NoDelay = true;
        var place = 0;
        try
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 sink.example");
            while (await reader.ReadLineAsync(stop.Token) is { } line)
            {
                switch (line.Split(' ')[0].ToUpperInvariant())
                {
                    case "EHLO":
                        await writer.WriteLineAsync("250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME");
                        break;
                    case "DATA":
                        await writer.WriteLineAsync("354 go on");
                        var subject = await ReadMessage(reader);
                        if (subject is null)
                        {
                            Cut[connection] = place;
                            return;
                        }

                        Taken.Enqueue((subject, connection, ++place));
                        await Task.Delay(Pause(), stop.Token);
                        await writer.WriteLineAsync("250 taken");
                        break;
                    case "QUIT":
                        await writer.WriteLineAsync("221 bye");
                        return;
                    default:
                        await writer.WriteLineAsync("250 fine");
                        break;
                }
            }

            Cut[connection] = place;
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or SocketException)
        {
            Cut[connection] = place;
        }
    }

    // The answer to the dot takes a moment, so that a kill finds messages in the window.
    private TimeSpan Pause()
    {
        lock (random)
        {
            return TimeSpan.FromMilliseconds(random.Next(8));
        }
    }

    /// <returns>The subject; null where the connection ended before the final dot.</returns>
    private async Task<string?> ReadMessage(StreamReader reader)
    {
        var subject = "";
        while (await reader.ReadLineAsync(stop.Token) is { } line)
        {
            if (line == ".")
            {
                return subject;
            }

            if (subject.Length == 0 && line.StartsWith("Subject: ", StringComparison.Ordinal))
            {
                subject = line["Subject: ".Length..];
            }
        }

        return null;
    }
}
