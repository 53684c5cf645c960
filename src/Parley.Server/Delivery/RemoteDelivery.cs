using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Parley.Server.Configuration;
using Parley.Server.Dns;
using Parley.Server.Listening;
using Parley.Server.Queue;
using Parley.Smtp.Addresses;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>What deliveries need of the server.</summary>
/// <param name="OpenContent">As <see cref="IQueueStore.OpenContent"/>.</param>
/// <param name="Dns">Whom to ask for exchangers and addresses.</param>
/// <param name="Time">The clock.</param>
public sealed record DeliveryParts(Func<QueueId, CancellationToken, ValueTask<Stream?>> OpenContent, IDns Dns, TimeProvider Time)
{
    /// <summary>The waits of RFC 5321 §4.5.3.2.</summary>
    public SendTimeouts Timeouts { get; init; } = new();

    /// <summary>How long an idle connection is kept for another message.</summary>
    public TimeSpan KeepIdle { get; init; } = TimeSpan.FromSeconds(10);

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
    private const int MaxIdleConnections = 200;

    private static readonly TimeSpan TroubleTime = TimeSpan.FromMinutes(1);

    private volatile Settings settings;

    /// <summary>Deliveries by this configuration.</summary>
    public RemoteDelivery(Settings settings, DeliveryParts parts)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(parts);
        this.settings = settings;
        Parts = parts;
        var policy = new TlsPolicy(parts.Time, parts.Authorities);
        Connections = new ConnectionParts(parts.Time, parts.Timeouts, policy, parts.Binding);
        Exchangers = new MxLookup(parts.Dns, parts.Pick);
        Idle = new ConnectionCache(parts.Time, parts.KeepIdle, MaxIdleConnections);
        Troubled = new Remembered<string>(parts.Time, TroubleTime);
    }

    /// <summary>The configuration in force; a reload sets another.</summary>
    public Settings Settings
    {
        get => settings;
        set => settings = value;
    }

    internal DeliveryParts Parts { get; }

    internal ConnectionParts Connections { get; }

    internal MxLookup Exchangers { get; }

    internal ConnectionCache Idle { get; }

    /// <summary>Addresses that could not be spoken to a moment ago: they are tried last.</summary>
    internal Remembered<string> Troubled { get; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeliveryResult> Deliver(
        string destination, IReadOnlyList<ClaimedMessage> messages, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var now = Settings;
        foreach (var group in Group(now, messages))
        {
            await using var lane = new DeliveryLane(this, now, group.Key);
            foreach (var parcel in group.Value)
            {
                yield return new DeliveryResult(parcel.Message, await lane.Deliver(parcel, cancellation));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string> Site(string destination, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return !destination.Contains(':', StringComparison.Ordinal) && MailDomain.Parse(destination) is { } domain
            ? await Exchangers.Site(domain, cancellation)
            : destination;
    }

    /// <summary>Ends idle connections.</summary>
    public ValueTask DisposeAsync() => Idle.DisposeAsync();

    // One claim is one next hop, unless routes were changed while it waited.
    private static List<KeyValuePair<NextHop?, List<Parcel>>> Group(Settings settings, IReadOnlyList<ClaimedMessage> messages)
    {
        var groups = new List<KeyValuePair<NextHop?, List<Parcel>>>(1);
        foreach (var message in messages)
        {
            foreach (var recipients in message.Recipients.GroupBy(recipient => NextHopOf(settings, recipient)))
            {
                var at = groups.FindIndex(group => Equals(group.Key, recipients.Key));
                if (at < 0)
                {
                    at = groups.Count;
                    groups.Add(new(recipients.Key, []));
                }

                groups[at].Value.Add(new Parcel(message, [.. recipients]));
            }
        }

        return groups;
    }

    private static NextHop? NextHopOf(Settings settings, ClaimedRecipient recipient) =>
        recipient.Recipient.Address.Mailbox is { } mailbox ? Router.Find(settings, mailbox.Domain) : null;
}
