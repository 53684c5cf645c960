using Parley.Server.Queue;
using Parley.Smtp.Sending;

namespace Parley.Server.Delivery;

/// <summary>Takes claimed messages to their next hop.</summary>
public interface IDeliverer
{
    /// <summary>
    /// Tries every recipient of every message once, over as few connections as it takes, and tells what became of each as
    /// soon as it is known; record it before asking for the next. One message may come in several results; every recipient
    /// comes once. It throws for nothing that a peer does.
    /// </summary>
    /// <param name="destination">The key that the messages were claimed for.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="cancellation">
    /// Ends it with <see cref="OperationCanceledException"/>: at once, but while a message's content is on its way only
    /// after <c>limits.shutdownGrace</c>. Recipients that were not told of were not tried, or may arrive twice.
    /// </param>
    IAsyncEnumerable<DeliveryResult> Deliver(string destination, IReadOnlyList<ClaimedMessage> messages, CancellationToken cancellation);

    /// <summary>
    /// The site that a destination belongs to: domains whose best mail servers are the same provider's are one site, to be
    /// shaped as one. Without DNS the destination itself.
    /// </summary>
    ValueTask<string> Site(string destination, CancellationToken cancellation);
}

/// <summary>What became of recipients of one message.</summary>
/// <param name="Message">The message.</param>
/// <param name="Recipients">Some or all of its claimed recipients.</param>
public sealed record DeliveryResult(ClaimedMessage Message, IReadOnlyList<RecipientResult> Recipients);

/// <summary>What became of one recipient.</summary>
/// <param name="Recipient">The recipient.</param>
/// <param name="Outcome">Cause and place.</param>
/// <param name="Peer">Who said it: the host with its address; empty when nobody was reached.</param>
public sealed record RecipientResult(ClaimedRecipient Recipient, SendOutcome Outcome, string Peer)
{
    /// <summary>The words for the queue.</summary>
    public AttemptReply Reply => AttemptWords.Of(Outcome, Peer);
}
