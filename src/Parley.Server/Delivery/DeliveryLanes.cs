using Parley.Server.Configuration;
using Parley.Server.Queue;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>How the delivery of one message ended.</summary>
/// <param name="Outcomes">One for each recipient; null where none was tried.</param>
/// <param name="Trouble">What keeps the messages behind it from being tried now; null where nothing does.</param>
/// <param name="Peer">Who answered.</param>
internal readonly record struct LaneEnd(IReadOnlyList<SendOutcome>? Outcomes, SendOutcome? Trouble, string Peer);

/// <summary>
/// The ways of one visit. A destination is one way, unless routes were changed while its messages waited: then each
/// recipient goes where its domain leads now.
/// </summary>
internal sealed class DeliveryLanes : IAsyncDisposable
{
    private readonly RemoteDelivery delivery;
    private readonly Settings settings;
    private readonly IDeliveryItems items;
    private readonly Direction? direction;
    private readonly Dictionary<Direction, DeliveryLane> lanes = [];

    public DeliveryLanes(RemoteDelivery delivery, Settings settings, RemoteHop hop, IDeliveryItems items)
    {
        this.delivery = delivery;
        this.settings = settings;
        this.items = items;
        direction = hop.Direction;
        if (direction is not null)
        {
            lanes[direction] = new DeliveryLane(delivery, settings, direction, hop.Plan);
        }
    }

    /// <summary>Tries one message.</summary>
    public async ValueTask<LaneEnd> Deliver(ClaimedMessage message, CancellationToken cancellation)
    {
        var groups = message.Recipients.Select((_, at) => at).GroupBy(at => DirectionOf(message.Recipients[at])).ToList();
        if (groups.Count == 1 && groups[0].Key is { } only && only.Equals(direction))
        {
            return await lanes[only].Deliver(new Parcel(message, message.Recipients, items), cancellation);
        }

        var outcomes = new SendOutcome[message.Recipients.Count];
        var peer = string.Empty;
        foreach (var group in groups)
        {
            var parcel = new Parcel(message, [.. group.Select(at => message.Recipients[at])], items);
            var end = await (await Lane(group.Key, cancellation)).Deliver(parcel, cancellation);
            peer = end.Peer.Length > 0 ? end.Peer : peer;
            foreach (var (at, outcome) in group.Zip(end.Outcomes ?? parcel.All(end.Trouble!)))
            {
                outcomes[at] = outcome;
            }
        }

        return new LaneEnd(outcomes, null, peer);
    }

    /// <summary>Lets go of the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var lane in lanes.Values)
        {
            await lane.DisposeAsync();
        }
    }

    private async ValueTask<DeliveryLane> Lane(Direction? to, CancellationToken cancellation)
    {
        if (to is null)
        {
            return new DeliveryLane(delivery, settings, to, HopPlan.Deferred(SendCauses.RouteGone));
        }

        if (!lanes.TryGetValue(to, out var lane))
        {
            lanes[to] = lane = new DeliveryLane(delivery, settings, to, await delivery.Roads.Find(settings, to, cancellation));
        }

        return lane;
    }

    private Direction? DirectionOf(ClaimedRecipient recipient) =>
        recipient.Recipient.Address.Mailbox is { } mailbox ? Router.Find(settings, mailbox.Domain) : null;
}
