using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Parley.Server.Accounts;
using Parley.Server.Configuration;
using Parley.Server.Delivery;
using Parley.Server.Dns;
using Parley.Server.Journal;
using Parley.Server.Listening;
using Parley.Server.Queue;
using Parley.Server.Receiving;

namespace Parley.Server;

/// <summary>What a server is made of, given by who starts it.</summary>
/// <param name="Store">Where messages are kept; the server does not dispose it.</param>
/// <param name="Accounts">Where accounts are kept; the server does not dispose it.</param>
/// <param name="DataFolder">The folder of the data, for the catcher's own certificate.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">Where faults are told.</param>
public sealed record ServerParts(IQueueStore Store, IAccountStore Accounts, string DataFolder, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>How many files and sockets it may have open.</summary>
    public OpenFiles OpenFiles { get; init; } = new();
}

/// <summary>
/// The running server: listeners, what they receive into, and the journal of what happened. The road of a message
/// begins here.
/// </summary>
public sealed partial class ParleyServer : IAsyncDisposable
{
    private readonly ServerParts parts;
    private readonly ILogger logger;
    private readonly SessionJournal journal;
    private readonly Certificates certificates;
    private readonly LoginParts logins;
    private readonly Receiver receiver;
    private readonly StubResolver dns;
    private readonly RemoteDelivery remote;
    private readonly QueueManager queue;
    private readonly ConnectionGate gate;
    private readonly List<Listener> listeners = [];

    private ParleyServer(Settings settings, ServerParts parts, Logins logins, ChannelBinding binding)
    {
        this.parts = parts;
        Settings = settings;
        logger = parts.Loggers.CreateLogger<ParleyServer>();
        gate = new ConnectionGate(parts.Time);
        journal = new SessionJournal(parts.Time, parts.Loggers.CreateLogger<SessionJournal>());
        certificates = new Certificates(WithOwnCertificate(settings), parts.Time, parts.Loggers.CreateLogger<Certificates>());
        this.logins = new LoginParts(logins, binding, certificates, parts.Time);
        dns = StubResolver.Of(() => Settings.Dns, parts.Time);
        remote = new RemoteDelivery(settings, new RemoteParts(dns, parts.Time) { Binding = binding, MostIdle = parts.OpenFiles.IdleVisits });
        var ways = new Ways(new LocalDelivery(() => Settings), remote, () => Settings.IsCatcher);
        queue = new QueueManager(new ManagerParts(parts.Store, ways, parts.Time, parts.Loggers) { MostVisits = parts.OpenFiles.Visits }, settings);
        receiver = new Receiver(parts.Store, logins, settings, parts.Loggers.CreateLogger<Receiver>()) { Stored = queue.Enqueued };
    }

    /// <summary>The configuration in force.</summary>
    public Settings Settings { get; private set; }

    /// <summary>Past and running sessions.</summary>
    public ISessionJournal Sessions => journal;

    /// <summary>Where it listens, in the order of the configuration, with the real ports.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => [.. listeners.Select(l => l.Address)];

    /// <summary>Connections open now.</summary>
    public int Connections => gate.Count;

    /// <summary>What keeps the server from doing its whole job, in words for an operator; empty when all is well.</summary>
    public IReadOnlyList<string> Troubles => certificates.Fault is { } fault ? [fault] : [];

    /// <summary>Binds every listener and begins to accept.</summary>
    /// <exception cref="ListenException">An address cannot be listened on; nothing is left open.</exception>
    /// <exception cref="IOException">The accounts cannot be read.</exception>
    public static async Task<ParleyServer> Start(Settings settings, ServerParts parts)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(parts);
        var logins = await Logins.Open(settings, parts.Accounts, parts.Time, parts.Loggers.CreateLogger<Logins>());
        var server = new ParleyServer(settings, parts, logins, await ChannelBinding.Probe(CancellationToken.None));
        try
        {
            server.Apply(settings);
            foreach (var listener in settings.Listeners)
            {
                server.Bind(listener);
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        foreach (var listener in server.listeners)
        {
            listener.Start();
        }

        server.queue.Start();

        return server;
    }

    /// <summary>
    /// Takes another configuration without dropping a session: open ones keep what they began with. Listeners stay
    /// where they are; another set of addresses needs a restart.
    /// </summary>
    public void Reload(Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        certificates.Use(WithOwnCertificate(settings));
        logins.Logins.Use(settings);
        Apply(settings);
        for (var i = 0; i < Math.Min(listeners.Count, settings.Listeners.Count); i++)
        {
            listeners[i].State = ListenerStates.Of(settings, settings.Listeners[i], logins);
        }

        LogReloaded(logger);
    }

    /// <summary>Takes no more connections, tells the idle ones 421, and lets open transactions finish within the grace.</summary>
    public async Task Stop()
    {
        await Task.WhenAll(listeners.Select(l => l.Stop(Settings.Limits.ShutdownGrace)));
        await queue.Stop(Settings.Limits.ShutdownGrace);
    }

    /// <summary>An operator changed the queue through the store: delivery looks at it anew.</summary>
    public void QueueChanged() => queue.QueueChanged();

    private void Apply(Settings settings)
    {
        Settings = settings;
        receiver.Settings = settings;
        queue.Settings = settings;
        remote.Settings = settings;
        gate.Most = Math.Min(settings.Limits.Connections, parts.OpenFiles.Connections);
        gate.MostTold = parts.OpenFiles.Refusals;
        if (gate.Most < settings.Limits.Connections)
        {
            LogFewOpenFiles(logger, gate.Most, settings.Limits.Connections);
        }

        gate.MostPerAddress = settings.Limits.ConnectionsPerAddress;
        gate.Trusted = settings.TrustedNetworks;
    }

    private void Bind(ListenerSettings listener)
    {
        try
        {
            listeners.Add(new Listener(listener.Address, ListenerStates.Of(Settings, listener, logins), receiver, gate, journal));
        }
        catch (SocketException fault)
        {
            throw new ListenException(listener.Address, fault);
        }
    }

    // The catcher has TLS without being told: clients that insist on it work at once.
    private TlsSettings WithOwnCertificate(Settings settings)
    {
        if (!settings.IsCatcher || settings.Tls.Certificates.Count > 0)
        {
            return settings.Tls;
        }

        var own = OwnCertificate.Ensure(parts.DataFolder, parts.Time);
        LogOwnCertificate(logger, own.CertificateFile);
        return settings.Tls with { Certificates = [own] };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in listeners)
        {
            await listener.DisposeAsync();
        }

        await queue.DisposeAsync();
        await remote.DisposeAsync();
        dns.Dispose();
        receiver.Dispose();
        certificates.Dispose();
        logins.Logins.Dispose();
        journal.Dispose();
    }

    [LoggerMessage(101, LogLevel.Warning, "at most {Most} connections are taken at one time and not {Configured}, as the process may open no more files; raise that limit (ulimit -n, LimitNOFILE of systemd) or lower limits.connections")]
    private static partial void LogFewOpenFiles(ILogger logger, int most, int configured);

    [LoggerMessage(102, LogLevel.Information, "TLS works with a certificate of our own for localhost; a client trusts it when given {File} as its authority, as in curl --cacert, msmtp --tls-trust-file or SSL_CERT_FILE")]
    private static partial void LogOwnCertificate(ILogger logger, string file);

    [LoggerMessage(103, LogLevel.Information, "the configuration was read again and is in force")]
    private static partial void LogReloaded(ILogger logger);
}

/// <summary>An address that cannot be listened on.</summary>
public sealed class ListenException(IPEndPoint address, Exception why, string where = "--smtp or `listeners`")
    : Exception($"cannot listen on {address}: {why.Message}; {Mend(why)} with {where}", why)
{
    /// <summary>The address.</summary>
    public IPEndPoint Address { get; } = address;

    private static string Mend(Exception why) => (why as SocketException)?.SocketErrorCode switch
    {
        SocketError.AccessDenied => "ports below 1024 are for root and for who has CAP_NET_BIND_SERVICE: grant it, or give another address",
        SocketError.AddressNotAvailable => "give an address that this machine has, or 0.0.0.0 or [::] for all of them,",
        _ => "stop what uses the port, or give another address",
    };
}
