using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Parley.Server.Tests.Delivery;

/// <summary>A server that a test tells what to answer. It takes connections one after the other or at once, and notes all it hears.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly Socket socket;
    private readonly Func<PeerTalk, Task> play;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> talks = [];
    private readonly Task accepting;
    private int connections;

    public ScriptedPeer(Func<PeerTalk, Task> play, EndPoint? at = null)
    {
        this.play = play;
        at ??= new IPEndPoint(IPAddress.Loopback, 0);
        socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(at);
        socket.Listen();
        accepting = Accept();
    }

    /// <summary>A polite server but for what the override says: null for the usual answer.</summary>
    public static ScriptedPeer Answering(Func<string, string?> answer) => new(talk => talk.Serve(answer));

    /// <summary>A polite server.</summary>
    public static ScriptedPeer Polite() => Answering(static _ => null);

    public IPEndPoint Address => (IPEndPoint)socket.LocalEndPoint!;

    public int Port => Address.Port;

    public int Connections => connections;

    /// <summary>What EHLO tells.</summary>
    public string[] Keywords { get; set; } = ["PIPELINING", "8BITMIME", "SIZE"];

    public X509Certificate2? Certificate { get; set; }

    /// <summary>Every line of every connection, content not counted.</summary>
    public ConcurrentQueue<string> Heard { get; } = [];

    /// <summary>The contents that were taken, as they were written.</summary>
    public ConcurrentQueue<byte[]> Contents { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        socket.Dispose();
        await accepting;
        await Task.WhenAll(talks);
        stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await socket.AcceptAsync(stop.Token);
                talks.Add(Talk(new PeerTalk(this, client, Interlocked.Increment(ref connections), stop.Token)));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task Talk(PeerTalk talk)
    {
        try
        {
            await play(talk);
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone, or the test is over.
        }
        finally
        {
            await talk.DisposeAsync();
        }
    }
}

/// <summary>One connection of a <see cref="ScriptedPeer"/>.</summary>
internal sealed class PeerTalk : IAsyncDisposable
{
    private readonly ScriptedPeer peer;
    private readonly Socket socket;
    private readonly CancellationToken stop;
    private readonly List<byte> unread = [];
    private Stream stream;

    public PeerTalk(ScriptedPeer peer, Socket socket, int number, CancellationToken stop)
    {
        this.peer = peer;
        this.socket = socket;
        this.stop = stop;
        Number = number;
        stream = new NetworkStream(socket, ownsSocket: false);
    }

    /// <summary>Which connection this is, from 1.</summary>
    public int Number { get; }

    public async Task Say(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text.EndsWith('\n') ? text : text + "\r\n"), stop);

    /// <summary>The next line without its end; null when the client has closed.</summary>
    public async Task<string?> Hear()
    {
        int end;
        while ((end = unread.IndexOf((byte)'\n')) < 0)
        {
            if (!await Receive())
            {
                return null;
            }
        }

        var line = Encoding.UTF8.GetString([.. unread[..end]]).TrimEnd('\r');
        unread.RemoveRange(0, end + 1);
        peer.Heard.Enqueue(line);
        return line;
    }

    /// <summary>Content up to its final dot, as it came.</summary>
    public async Task<byte[]> HearContent()
    {
        byte[] end = [.. "\r\n.\r\n"u8];
        while (unread.ToArray() is var all && !(all.AsSpan().IndexOf(end) >= 0 || all.AsSpan().StartsWith(".\r\n"u8)))
        {
            if (!await Receive())
            {
                throw new IOException("the content was cut off");
            }
        }

        var octets = unread.ToArray();
        var at = octets.AsSpan().StartsWith(".\r\n"u8) ? -2 : octets.AsSpan().IndexOf(end);
        unread.RemoveRange(0, at + end.Length);
        return octets[..(at + 2)];
    }

    public async Task<byte[]> HearChunk(int octets)
    {
        while (unread.Count < octets)
        {
            if (!await Receive())
            {
                throw new IOException("the chunk was cut off");
            }
        }

        var chunk = unread[..octets].ToArray();
        unread.RemoveRange(0, octets);
        return chunk;
    }

    /// <summary>Waits until so many octets of content have come, without taking them.</summary>
    public async Task Await(int octets)
    {
        while (unread.Count < octets)
        {
            await Receive();
        }
    }

    public Task Silence() => Task.Delay(Timeout.Infinite, stop);

    /// <summary>Breaks the connection off without an end.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public async Task<bool> StartTls()
    {
        var ssl = new SslStream(stream);
        stream = ssl;
        await ssl.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = peer.Certificate }, stop);
        return true;
    }

    /// <summary>Answers each command; the override's answer comes first, <c>!reset</c>, <c>!close</c> and <c>!silence</c> do what they say.</summary>
    public async Task Serve(Func<string, string?> answer, bool lmtp = false)
    {
        var accepted = 0;
        var goesOn = await Answer(answer("") ?? "220 peer.example ESMTP");
        while (goesOn && await Hear() is { } line)
        {
            var reply = answer(line) ?? Usual(line);
            accepted = line.StartsWith("MAIL", StringComparison.Ordinal) ? 0 : accepted;
            accepted += line.StartsWith("RCPT", StringComparison.Ordinal) && reply.StartsWith('2') ? 1 : 0;
            if (line.StartsWith("BDAT", StringComparison.Ordinal))
            {
                peer.Contents.Enqueue(await HearChunk(int.Parse(line.Split(' ')[1])));
            }

            goesOn = await Answer(reply) && line != "QUIT";
            if (line == "STARTTLS" && reply.StartsWith("220", StringComparison.Ordinal))
            {
                goesOn = peer.Certificate is not null && await StartTls();
            }
            else if (line == "DATA" && reply.StartsWith("354", StringComparison.Ordinal))
            {
                peer.Contents.Enqueue(await HearContent());
                for (var n = lmtp ? accepted : 1; goesOn && n > 0; n--)
                {
                    goesOn = await Answer(answer(".") ?? "250 2.0.0 taken");
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        socket.Dispose();
    }

    // False when the conversation is over.
    private async Task<bool> Answer(string reply)
    {
        switch (reply)
        {
            case "!reset":
                Reset();
                return false;
            case "!close":
                return false;
            case "!silence":
                await Silence();
                return false;
            default:
                await Say(reply);
                return true;
        }
    }

    private string Usual(string line) => line.Split(' ')[0] switch
    {
        "EHLO" or "LHLO" => "250-peer.example\r\n" + string.Concat(peer.Keywords.SkipLast(1).Select(k => $"250-{k}\r\n")) + "250 " + peer.Keywords[^1],
        "DATA" => "354 go ahead",
        "BDAT" => "250 2.0.0 taken",
        "QUIT" => "221 bye",
        "STARTTLS" => "220 go ahead",
        _ => "250 2.0.0 fine",
    };

    private async Task<bool> Receive()
    {
        var buffer = new byte[16 * 1024];
        var length = await stream.ReadAsync(buffer, stop);
        unread.AddRange(buffer.AsSpan(0, length));
        return length > 0;
    }
}
