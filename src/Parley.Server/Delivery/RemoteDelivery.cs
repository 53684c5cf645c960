using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Parley.Server.Configuration;
using Parley.Server.Dns;
using Parley.Server.Listening;
using Parley.Server.Queue;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>What deliveries to other servers need.</summary>
/// <param name="Dns">Whom to ask for exchangers and addresses.</param>
/// <param name="Time">The clock.</param>
public sealed record RemoteParts(IDns Dns, TimeProvider Time)
{
    /// <summary>The waits of RFC 5321 §4.5.3.2.</summary>
    public SendTimeouts Timeouts { get; init; } = new();

    /// <summary>How long an idle connection is kept for another message.</summary>
    public TimeSpan KeepIdle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most idle connections that are kept.</summary>
    public int MostIdle { get; init; } = 200;

    /// <summary>Channel bindings for SCRAM; null where there are none.</summary>
    public ChannelBinding? Binding { get; init; }

    /// <summary>Whose certificates required TLS believes; null: whom the system does.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>A random number below its argument, to order exchangers of one preference.</summary>
    public Func<int, int> Pick { get; init; } = RandomNumberGenerator.GetInt32;
}

/// <summary>
/// Takes messages to other servers: finds out where to, opens connections or takes idle ones, and sends. Where a message
/// goes is decided by the configuration of now, not by that of the time when it was queued.
/// </summary>
public sealed class RemoteDelivery : IDeliverer, IAsyncDisposable
{
    private static readonly TimeSpan TroubleTime = TimeSpan.FromMinutes(1);

    private volatile Settings settings;

    /// <summary>Deliveries by this configuration.</summary>
    public RemoteDelivery(Settings settings, RemoteParts parts)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(parts);
        this.settings = settings;
        Connections = new ConnectionParts(parts.Time, parts.Timeouts, new TlsPolicy(parts.Time, parts.Authorities), parts.Binding);
        Roads = new Roads(parts.Dns, parts.Pick);
        Idle = new ConnectionCache(parts.Time, parts.KeepIdle, parts.MostIdle);
        Troubled = new Remembered<string>(parts.Time, TroubleTime);
    }

    /// <summary>The configuration in force; a reload sets another.</summary>
    public Settings Settings
    {
        get => settings;
        set => settings = value;
    }

    internal ConnectionParts Connections { get; }

    internal Roads Roads { get; }

    internal ConnectionCache Idle { get; }

    internal Throttling Throttling { get; } = new();

    /// <summary>Addresses that could not be spoken to a moment ago: they are tried last.</summary>
    internal Remembered<string> Troubled { get; }

    /// <inheritdoc/>
    public async ValueTask<NextHop> Find(string destination, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var now = Settings;
        var direction = Router.Find(now, destination);
        var plan = await Roads.Find(now, direction, cancellation);
        return new RemoteHop(destination, await Roads.Site(direction, destination, cancellation))
        {
            Direction = direction,
            Plan = plan,
            IsFinal = direction is Direction.Lmtp,
            // Without a direction it is the recipients' domains that tell where to, one by one.
            End = direction is null ? null : (plan as HopPlan.Nowhere)?.Outcome,
        };
    }

    /// <inheritdoc/>
    public async Task<Visit> Deliver(NextHop hop, IDeliveryItems items, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(hop);
        ArgumentNullException.ThrowIfNull(items);
        await using var lanes = new DeliveryLanes(this, Settings, (RemoteHop)hop, items);
        while (await items.Next(cancellation) is { } message)
        {
            var end = await lanes.Deliver(message, cancellation);
            if (end.Outcomes is { } outcomes)
            {
                await items.End(message, outcomes, end.Peer);
            }

            if (end.Trouble is { } trouble)
            {
                return new Visit(trouble, end.Peer);
            }
        }

        return Visit.Done;
    }

    /// <summary>Ends idle connections.</summary>
    public ValueTask DisposeAsync() => Idle.DisposeAsync();
}

/// <summary>A next hop out of the house.</summary>
internal sealed record RemoteHop(string Destination, string Site) : NextHop(Destination, Site)
{
    /// <summary>The way that the destination stands for now; null where the configuration has none any more.</summary>
    public required Direction? Direction { get; init; }

    /// <summary>The addresses of that way.</summary>
    public required HopPlan Plan { get; init; }
}
