using Parley.Smtp;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>All ways out of the queue: to mailboxes of ours, and to other servers unless this one sends nothing.</summary>
/// <param name="local">To mailboxes of ours.</param>
/// <param name="remote">To other servers.</param>
/// <param name="isCatcher">Whether this is the catcher now, which never sends anything out, whatever its queue holds from a time when it was none.</param>
public sealed class Ways(IDeliverer local, IDeliverer remote, Func<bool> isCatcher) : IDeliverer
{
    private static readonly SendCause NothingLeaves = new(
        "nothing-leaves", new EnhancedStatusCode(4, 3, 2), "this server is a catcher and sends nothing out; configure domains or routes, or remove the message");

    /// <inheritdoc/>
    public ValueTask<NextHop> Find(string destination, CancellationToken cancellation) =>
        LocalDelivery.Knows(destination) ? local.Find(destination, cancellation)
        : isCatcher() ? new(new NextHop(destination, destination) { End = new SendOutcome.Deferred(NothingLeaves, SendPhase.Route) })
        : remote.Find(destination, cancellation);

    /// <inheritdoc/>
    public Task<Visit> Deliver(NextHop hop, IDeliveryItems items, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(hop);
        return (LocalDelivery.Knows(hop.Destination) ? local : remote).Deliver(hop, items, cancellation);
    }
}
