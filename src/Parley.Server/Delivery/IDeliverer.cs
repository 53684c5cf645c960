using Parley.Server.Queue;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>A way out of the queue: finds the next hop of a destination, and hands messages over to it.</summary>
public interface IDeliverer
{
    /// <summary>Finds the next hop. It may ask DNS and makes no connection; faults are told in <see cref="NextHop.End"/>.</summary>
    /// <param name="destination">The key that <see cref="Router.Destination"/> gave.</param>
    /// <param name="cancellation">Ends the search.</param>
    ValueTask<NextHop> Find(string destination, CancellationToken cancellation);

    /// <summary>
    /// Hands over messages one after another until <see cref="IDeliveryItems.Next"/> has no more, on one connection where
    /// that can be. Called only with a hop of its own that has no <see cref="NextHop.End"/>.
    /// </summary>
    /// <param name="hop">From <see cref="Find"/>.</param>
    /// <param name="items">What to hand over, and where to tell how it went.</param>
    /// <param name="cancellation">Ends the visit at once; what was not told of by then is tried again.</param>
    Task<Visit> Deliver(NextHop hop, IDeliveryItems items, CancellationToken cancellation);
}

/// <summary>Where a destination leads. A deliverer derives its own, with what it needs to go there.</summary>
/// <param name="Destination">The key.</param>
/// <param name="Site">
/// Who stands behind it: the same text for destinations with the same servers, so that concurrency and pauses count for
/// the servers and not for the names.
/// </param>
public record NextHop(string Destination, string Site)
{
    /// <summary>Whether the hop is the last one: mail handed over there is delivered, not relayed (LMTP, a mailbox).</summary>
    public bool IsFinal { get; init; }

    /// <summary>What becomes of every recipient there where no way leads on (a null MX, no answer from DNS); else null.</summary>
    public SendOutcome? End { get; init; }
}

/// <summary>How a visit to a next hop ended.</summary>
/// <param name="Trouble">
/// Null when the deliverer stopped because there was no more work. Else what kept it from going on, for every message
/// that was not told of: the host was not reached, refused the session, or was lost.
/// </param>
/// <param name="Peer">The host in question with its address, such as <c>mx.example.org [192.0.2.1]</c>; empty when nobody was reached.</param>
public sealed record Visit(SendOutcome? Trouble, string Peer)
{
    /// <summary>All that was asked for was handed over or told of.</summary>
    public static readonly Visit Done = new(null, string.Empty);
}

/// <summary>The messages of one visit. A deliverer works on one message at a time.</summary>
public interface IDeliveryItems
{
    /// <summary>
    /// The server stops: what has nothing at stake ends at once with <see cref="OperationCanceledException"/> (a search, a
    /// connection that is being made, a dialogue before its content); a message on its way is finished.
    /// </summary>
    CancellationToken Stopping { get; }

    /// <summary>
    /// The next message, or null when there is none for now. Its envelope names the recipients to offer. What is given
    /// out is leased as long as the visit lasts.
    /// </summary>
    ValueTask<ClaimedMessage?> Next(CancellationToken cancellation);

    /// <summary>The octets of a message, trace fields first; null when it is no longer there. The caller disposes it.</summary>
    ValueTask<Stream?> OpenContent(ClaimedMessage message, CancellationToken cancellation);

    /// <summary>
    /// Completes when all that <see cref="End"/> was told is on disk. Asked before a content goes out, so that a crash leaves
    /// one message in doubt and not two: the one whose final dot is sent and not yet answered.
    /// </summary>
    ValueTask Settled();

    /// <summary>
    /// Tells how a message ended, as soon as that is known: what is not yet recorded is sent again after a crash.
    /// </summary>
    /// <param name="message">From <see cref="Next"/>.</param>
    /// <param name="outcomes">One for each recipient, in the order of the envelope.</param>
    /// <param name="peer">Who answered, as in <see cref="Visit.Peer"/>.</param>
    ValueTask End(ClaimedMessage message, IReadOnlyList<SendOutcome> outcomes, string peer);
}
