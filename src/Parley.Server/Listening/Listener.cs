using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Parley.Server.Journal;
using Parley.Smtp;
using Parley.Smtp.Serving;

namespace Parley.Server.Listening;

/// <summary>What a listener needs to serve a connection; replaced as a whole on reload, so that open sessions keep theirs.</summary>
/// <param name="Session">What the listener is and allows.</param>
/// <param name="Limits">How long a connection may wait.</param>
/// <param name="Tls">The options of a handshake for the name that the client asks for, or null where there is no TLS.</param>
/// <param name="TlsUsable">Whether a handshake could succeed now.</param>
/// <param name="ImplicitTls">TLS from the first octet (RFC 8314 §3.3).</param>
/// <param name="ExplainUrl">Where the links of refusals lead, or null.</param>
/// <param name="Logins">What AUTH needs, or null where it is never offered.</param>
internal sealed record ListenerState(
    SessionOptions Session,
    ConnectionLimits Limits,
    Func<string?, SslServerAuthenticationOptions>? Tls,
    Func<bool> TlsUsable,
    bool ImplicitTls,
    string? ExplainUrl,
    LoginParts? Logins);

/// <summary>One listening socket and its connections. The only incoming SMTP sockets of the house.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private const int Backlog = 1024;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFault = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AfterLack = TimeSpan.FromSeconds(1); // of descriptors; who comes meanwhile waits

    private readonly Socket socket;
    private readonly IMailReceiver receiver;
    private readonly ConnectionGate gate;
    private readonly SessionJournal journal;
    private readonly ConcurrentDictionary<Connection, Task> connections = new();
    private readonly CancellationTokenSource abort = new();
    private readonly CancellationTokenSource stop = new();
    private readonly ITimer sweep;
    private volatile ListenerState state;
    private Task? accepting;

    public Listener(IPEndPoint address, ListenerState state, IMailReceiver receiver, ConnectionGate gate, SessionJournal journal)
    {
        this.state = state;
        this.receiver = receiver;
        this.gate = gate;
        this.journal = journal;
        socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = false; // one line of the configuration, one address
        }

        // ReuseAddress stays off: .NET sets SO_REUSEPORT with it, and two servers would share the mail of one address.
        // What it is wanted for, binding again while old connections linger, .NET does for TCP anyhow.
        try
        {
            socket.Bind(address);
            socket.Listen(Backlog);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        Address = (IPEndPoint)socket.LocalEndPoint!;
        sweep = state.Limits.Time.CreateTimer(static me => ((Listener)me!).Sweep(), this, SweepEvery, SweepEvery);
    }

    /// <summary>Where it listens; the port is the real one where 0 was asked for.</summary>
    public IPEndPoint Address { get; }

    /// <summary>New connections get this; open ones keep what they have.</summary>
    public ListenerState State
    {
        get => state;
        set => state = value;
    }

    public void Start() => accepting = Accept();

    /// <summary>Takes no more connections, tells the idle, lets open transactions finish, and aborts what is left after the grace.</summary>
    public async Task Stop(TimeSpan grace)
    {
        await stop.CancelAsync();
        socket.Dispose();
        if (accepting is not null)
        {
            await accepting;
        }

        foreach (var connection in connections.Keys)
        {
            connection.Stop();
        }

        var all = Task.WhenAll(connections.Values);
        try
        {
            await all.WaitAsync(grace, state.Limits.Time);
        }
        catch (TimeoutException)
        {
            await abort.CancelAsync();
            foreach (var connection in connections.Keys)
            {
                connection.Abort();
            }

            await all;
        }
    }

    private async Task Accept()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var client = await socket.AcceptAsync(stop.Token);
                Serve(client);
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // Out of descriptors, or a client gone before we looked: the next one may fare better. Whatever it is, a
                // listener that stops for one client would take no mail any more, and nobody would see why.
                journal.AcceptFault(fault);
                var isLack = fault is SocketException { SocketErrorCode: SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable };
                await Task.Delay(isLack ? AfterLack : AfterFault, state.Limits.Time);
            }
        }
    }

    private void Serve(Socket client)
    {
        IPAddress peer;
        try
        {
            client.NoDelay = true;
            peer = Plain(((IPEndPoint)client.RemoteEndPoint!).Address);
        }
        catch (SocketException)
        {
            client.Dispose();
            return;
        }

        var current = state;
        var refusal = LoginRefusal(current, peer) ?? gate.Enter(peer);
        if (refusal is not null && !gate.MayTell(peer, current.ImplicitTls))
        {
            client.Dispose();
            return;
        }

        var transport = new SocketTransport(client, current.Tls);
        var record = journal.Begin(peer.ToString());
        var session = new SmtpSession(current.Session, receiver, peer)
        {
            TlsUsable = current.TlsUsable,
            Id = record.Id,
            SaslHost = current.Logins is { } logins ? new LoginHost(logins, transport, peer) : null,
        };
        var connection = new Connection(transport, session, journal, record, current);
        var entered = refusal is null;
        // The task is kept before it can end, so that it never outlives its entry.
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connections[connection] = gone.Task;
        _ = Run(connection, current, refusal, () =>
        {
            if (entered)
            {
                gate.Leave(peer);
            }
            else
            {
                gate.Told();
            }

            journal.End(record);
            connections.TryRemove(connection, out _);
            gone.SetResult();
        });
    }

    // Where there is nothing to do without a login, who guesses is told so before TLS and the rest cost anything. A right
    // login would get the same reply from AUTH.
    private static Reply? LoginRefusal(ListenerState state, IPAddress peer) =>
        state is { Session: { IsSubmission: true, Auth: AuthMode.Required }, Logins: { } login } && login.Logins.RefusesOnConnect(peer)
            ? Replies.TooManyLoginsClosing
            : null;

    private async Task Run(Connection connection, ListenerState current, Reply? refusal, Action ended)
    {
        try
        {
            if (refusal is null && current.Logins is { } logins)
            {
                await logins.Prepare(current.Session);
            }

            await connection.Run(refusal, current.ImplicitTls, abort.Token);
        }
        catch (Exception fault)
        {
            journal.ConnectionFault(fault);
            connection.Abort(); // it may not have come to its own end, and would hold its socket
        }
        finally
        {
            ended();
        }
    }

    private void Sweep()
    {
        var now = state.Limits.Time.GetTimestamp();
        var patience = state.Limits.CloseTicks;
        foreach (var connection in connections.Keys)
        {
            var late = connection.Deadline;
            if (late >= now)
            {
                continue;
            }

            try
            {
                if (late < now - patience)
                {
                    connection.Abort();
                }
                else
                {
                    connection.TimeOut();
                }
            }
            catch (Exception gone) when (gone is ObjectDisposedException or InvalidOperationException)
            {
                // It ended as we looked.
            }
        }
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    public async ValueTask DisposeAsync()
    {
        await Stop(TimeSpan.Zero);
        await sweep.DisposeAsync();
        abort.Dispose();
        stop.Dispose();
    }
}
