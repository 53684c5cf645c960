using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Tests.Durability;

/// <summary>A client that sends messages which show by themselves whether they are whole, and remembers which were acknowledged.</summary>
internal sealed class LoadClient
{
    private int next;

    /// <summary>Names of the messages that were answered with 250 behind the dot.</summary>
    public ConcurrentBag<string> Acknowledged { get; } = [];

    /// <summary>Replies to MAIL and behind the dot that were refusals.</summary>
    public ConcurrentBag<string> Refused { get; } = [];

    /// <summary>The body of a message: its length and octets follow from the name alone.</summary>
    public static string Body(string name, int length)
    {
        var seed = SHA256.HashData(Encoding.ASCII.GetBytes(name));
        var text = new StringBuilder(length);
        while (text.Length < length)
        {
            text.Append(Convert.ToHexString(seed)).Append("\r\n");
            seed = SHA256.HashData(seed);
        }

        return text.ToString();
    }

    /// <summary>Sends over one connection until it is lost or the token says so.</summary>
    public async Task Send(IPEndPoint server, Func<string, int> length, CancellationToken stop)
    {
        try
        {
            using var tcp = new TcpClient { NoDelay = true };
            await tcp.ConnectAsync(server, stop);
            await using var stream = tcp.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII);
            await Reply(reader, stop);
            await Say(stream, "EHLO client.example.net\r\n", stop);
            await Reply(reader, stop);
            while (!stop.IsCancellationRequested)
            {
                var name = $"m{Interlocked.Increment(ref next)}";
                await Say(stream, "MAIL FROM:<carol@example.net>\r\nRCPT TO:<alice@example.org>\r\nDATA\r\n", stop);
                string[] envelope = [await Reply(reader, stop), await Reply(reader, stop), await Reply(reader, stop)];
                if (envelope[0][0] != '2')
                {
                    Refused.Add(envelope[0]);
                    return;
                }

                await Say(stream, $"Subject: {name}\r\n\r\n{Body(name, length(name))}.\r\n", stop);
                var answer = await Reply(reader, stop);
                if (answer.StartsWith("250 ", StringComparison.Ordinal))
                {
                    Acknowledged.Add(name);
                }
                else
                {
                    Refused.Add(answer);
                    return;
                }
            }
        }
        catch (Exception lost) when (lost is IOException or SocketException or OperationCanceledException)
        {
            // The server was killed: what was not acknowledged may or may not be there.
        }
    }

    private static ValueTask Say(NetworkStream stream, string text, CancellationToken stop) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), stop);

    private static async Task<string> Reply(StreamReader reader, CancellationToken stop)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync(stop) ?? throw new IOException("closed");
            if (line.Length < 4 || line[3] == ' ')
            {
                return line;
            }
        }
    }
}
