using Parley.Smtp.Addresses;

namespace Parley.Server.Queue;

/// <summary>
/// The right to deliver what was claimed, for a time. Its number is never given again, so that a worker that comes back
/// from the dead cannot write over the work of the one who took over.
/// </summary>
/// <param name="Number">Names the lease.</param>
public readonly record struct Lease(long Number);

/// <summary>Work for one next hop, taken together.</summary>
/// <param name="Lease">The right to do it.</param>
/// <param name="Destination">The next hop's key.</param>
/// <param name="Messages">What to deliver there.</param>
public sealed record Claim(Lease Lease, string Destination, IReadOnlyList<ClaimedMessage> Messages);

/// <summary>One message of a claim.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Envelope">The envelope; its recipients are the claimed ones, in the order of <paramref name="Recipients"/>.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Size">Octets of the message as it came, without our trace fields.</param>
/// <param name="Recipients">The recipients of the claim.</param>
public sealed record ClaimedMessage(QueueId Id, Envelope Envelope, DateTimeOffset ReceivedAt, long Size, IReadOnlyList<ClaimedRecipient> Recipients);

/// <summary>One recipient of a claim.</summary>
/// <param name="Number">Its place in the envelope as it was stored; with the id it names the recipient.</param>
/// <param name="Recipient">Address, destination and what was asked for.</param>
/// <param name="Attempts">Attempts that have ended before.</param>
/// <param name="DelayReported">Whether the sender has been told that it is late.</param>
public sealed record ClaimedRecipient(int Number, EnvelopeRecipient Recipient, int Attempts, bool DelayReported);

/// <summary>A next hop that has work, now or later.</summary>
/// <param name="Destination">Its key.</param>
/// <param name="NextAttempt">When its first recipient is due; for one under a lease, when the lease ends.</param>
public readonly record struct DestinationHead(string Destination, DateTimeOffset NextAttempt);

/// <summary>How an attempt for one recipient ended.</summary>
/// <param name="Message">The message.</param>
/// <param name="Recipient">The recipient's number.</param>
/// <param name="Reply">What was said, and by whom.</param>
public abstract record Outcome(QueueId Message, int Recipient, AttemptReply Reply)
{
    /// <summary>The next hop took it.</summary>
    public sealed record Delivered(QueueId Message, int Recipient, AttemptReply Reply) : Outcome(Message, Recipient, Reply);

    /// <summary>To be tried again.</summary>
    /// <param name="Message">The message.</param>
    /// <param name="Recipient">The recipient's number.</param>
    /// <param name="Reply">What was said, and by whom.</param>
    /// <param name="NextAttempt">Not before.</param>
    public sealed record Deferred(QueueId Message, int Recipient, AttemptReply Reply, DateTimeOffset NextAttempt) : Outcome(Message, Recipient, Reply)
    {
        /// <summary>Whether the report that is recorded with it tells the sender that it is late.</summary>
        public bool DelayReported { get; init; }

        /// <summary>Whether no attempt was made, as when the whole site waits; it is not counted as one.</summary>
        public bool Untried { get; init; }
    }

    /// <summary>Given up.</summary>
    public sealed record Failed(QueueId Message, int Recipient, AttemptReply Reply) : Outcome(Message, Recipient, Reply);
}

/// <summary>What became of outcomes that were to be recorded.</summary>
public enum RecordResult
{
    /// <summary>All of it stands, and the report with it.</summary>
    Recorded,

    /// <summary>
    /// Some recipients were no longer under this lease (it ran out, or an operator held or removed them). What was
    /// delivered stands nevertheless; the rest and the report were dropped, as another worker answers for them now.
    /// </summary>
    LeaseLost,

    /// <summary>There is no room for the report; nothing was recorded. Defer instead, and report later.</summary>
    NoRoom,
}
