using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>What a wait on the wire ended in: a reply, or a cause why there is none.</summary>
internal readonly record struct Heard(PeerReply? Reply, SendCause? Fault);

/// <summary>
/// The only outgoing SMTP sockets: octets out, replies in, TLS, and a time for each wait. One reply is put together at a
/// time; what comes behind it waits.
/// </summary>
internal sealed class Wire : IAsyncDisposable
{
    private const int BufferOctets = 4096;

    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly Socket socket;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource timer;
    private readonly byte[] buffer = new byte[BufferOctets];
    private Stream stream;
    private ReplyReader replies = new();
    private Task<int>? reading;
    private int start;
    private int end;

    private Wire(Socket socket, TimeProvider time)
    {
        this.time = time;
        this.socket = socket;
        stream = new NetworkStream(socket, ownsSocket: false);
        timer = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    /// <summary>The TLS stream; null in clear.</summary>
    public SslStream? Ssl => stream as SslStream;

    /// <summary>Whether octets came that nobody has asked for yet.</summary>
    public bool HasUnread => start < end || reading is { IsCompleted: true } || (Ssl is null && reading is null && socket.Available > 0);

    /// <summary>Whether <see cref="WriteListening"/> has begun to listen.</summary>
    public bool IsListening => reading is not null;

    /// <summary>Connects; a fault says why not.</summary>
    public static async ValueTask<(Wire? Wire, SendCause? Fault)> Connect(Hop hop, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        Socket? socket = null;
        try
        {
            var isIp = hop.Address is IPEndPoint;
            socket = new Socket(hop.Address.AddressFamily, SocketType.Stream, isIp ? ProtocolType.Tcp : ProtocolType.Unspecified);
            if (isIp)
            {
                socket.NoDelay = true; // groups are written whole; nothing gains from waiting
            }

            using var limit = new CancellationTokenSource(timeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            await socket.ConnectAsync(hop.Address, both.Token);
            return (new Wire(socket, time), null);
        }
        catch (SocketException fault)
        {
            socket?.Dispose();
            return (null, SendCauses.NoConnection.For($"{hop.Peer}: {fault.Message}"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            socket?.Dispose();
            return (null, SendCauses.NoConnection.For($"{hop.Peer}: no answer within {timeout.TotalSeconds:0} seconds"));
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    /// <summary>Ends every wait, now and later.</summary>
    public void Abort() => timer.Cancel();

    /// <summary>Writes; null when it is written.</summary>
    public async ValueTask<SendCause?> Write(ReadOnlyMemory<byte> octets, TimeSpan timeout)
    {
        try
        {
            timer.CancelAfter(timeout);
            await stream.WriteAsync(octets, timer.Token);
            timer.CancelAfter(Timeout.InfiniteTimeSpan);
            return null;
        }
        catch (Exception fault) when (Cause(fault) is { } cause)
        {
            return cause;
        }
    }

    /// <summary>
    /// Writes, but stops where the peer speaks first. A server that has seen enough may refuse in the middle of the
    /// content and read no further: waiting for the write alone would be waiting for ever.
    /// </summary>
    /// <returns>Null when it is written; <see cref="SendCauses.EarlyReply"/> where the peer spoke before.</returns>
    public async ValueTask<SendCause?> WriteListening(ReadOnlyMemory<byte> octets, TimeSpan timeout)
    {
        try
        {
            timer.CancelAfter(timeout);
            if (reading is null)
            {
                start = end = 0;
                reading = stream.ReadAsync(buffer, timer.Token).AsTask();
            }

            var writing = stream.WriteAsync(octets, timer.Token).AsTask();
            if (await Task.WhenAny(writing, reading) == reading)
            {
                // The answer to the last octets may be seen a moment before the end of writing them.
                await Task.WhenAny(writing, Task.Delay(Moment, time));
            }

            if (!writing.IsCompleted)
            {
                Forget(writing);
                return SendCauses.EarlyReply;
            }

            await writing;
            timer.CancelAfter(Timeout.InfiniteTimeSpan);
            return null;
        }
        catch (Exception fault) when (Cause(fault) is { } cause)
        {
            return cause;
        }
    }

    /// <summary>Waits for a whole reply.</summary>
    public async ValueTask<Heard> Read(TimeSpan timeout)
    {
        timer.CancelAfter(timeout);
        while (true)
        {
            ReadOnlySpan<byte> input = buffer.AsSpan(start, end - start);
            var status = replies.Read(ref input, out var reply);
            start = end - input.Length;
            switch (status)
            {
                case ReplyStatus.Reply:
                    timer.CancelAfter(Timeout.InfiniteTimeSpan);
                    return new Heard(reply, null);
                case ReplyStatus.NotAReply:
                    return new Heard(null, SendCauses.NotSmtp);
                case ReplyStatus.TooLong:
                    return new Heard(null, SendCauses.ReplyTooLong);
            }

            start = end = 0;
            try
            {
                var length = await (reading is null ? stream.ReadAsync(buffer, timer.Token) : new ValueTask<int>(reading));
                reading = null;
                end = length;
                if (length == 0)
                {
                    return new Heard(null, SendCauses.ConnectionLost);
                }
            }
            catch (Exception fault) when (Cause(fault) is { } cause)
            {
                return new Heard(null, cause);
            }
        }
    }

    /// <summary>Begins TLS; null when it stands. What came in clear behind the server's go-ahead makes it void.</summary>
    public async ValueTask<SendCause?> StartTls(SslClientAuthenticationOptions options, Func<string?> complaint, TimeSpan timeout)
    {
        // The mirror of CVE-2011-0411: replies injected in clear would be believed inside TLS.
        if (start < end)
        {
            return SendCauses.TlsFailed.For("octets in clear came behind the reply to STARTTLS");
        }

        var ssl = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            timer.CancelAfter(timeout);
            await ssl.AuthenticateAsClientAsync(options, timer.Token);
            timer.CancelAfter(Timeout.InfiniteTimeSpan);
            stream = ssl;
            replies = new ReplyReader();
            return null;
        }
        catch (Exception fault) when (fault is IOException or SocketException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
        {
            await ssl.DisposeAsync();
            return SendCauses.TlsFailed.For(complaint() ?? (fault is OperationCanceledException ? "the handshake took too long" : (fault.InnerException ?? fault).Message));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await timer.CancelAsync();
        if (reading is not null)
        {
            Forget(reading);
        }

        socket.Dispose(); // at once: whoever wants a good end says QUIT first
        await stream.DisposeAsync();
        timer.Dispose();
    }

    // It ends with the connection, and how is of no interest.
    private static void Forget(Task task) => _ = task.ContinueWith(static t => t.Exception, TaskScheduler.Default);

    private static SendCause? Cause(Exception fault) => fault switch
    {
        OperationCanceledException => SendCauses.Silence,
        IOException or SocketException or ObjectDisposedException => SendCauses.ConnectionLost,
        _ => null,
    };
}
