using Parley.Smtp;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>All ways out of the queue: to mailboxes of ours, and to other servers unless this one sends nothing.</summary>
/// <param name="local">To mailboxes of ours.</param>
/// <param name="remote">To other servers; null in the catcher, which never sends anything out.</param>
public sealed class Ways(IDeliverer local, IDeliverer? remote) : IDeliverer
{
    private static readonly SendCause NothingLeaves = new(
        "nothing-leaves", new EnhancedStatusCode(4, 3, 2), "this server is a catcher and sends nothing out; configure domains or routes, or remove the message");

    /// <inheritdoc/>
    public ValueTask<NextHop> Find(string destination, CancellationToken cancellation)
    {
        if (Way(destination) is { } way)
        {
            return way.Find(destination, cancellation);
        }

        return new(new NextHop(destination, destination) { End = new SendOutcome.Deferred(NothingLeaves, SendPhase.Route) });
    }

    /// <inheritdoc/>
    public Task<Visit> Deliver(NextHop hop, IDeliveryItems items, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(hop);
        return Way(hop.Destination)!.Deliver(hop, items, cancellation);
    }

    private IDeliverer? Way(string destination) => LocalDelivery.Knows(destination) ? local : remote;
}
