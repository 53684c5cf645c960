using Parley.Smtp.Addresses;

namespace Parley.Server.Queue;

/// <summary>Where one recipient of a message stands; the table of moves is <c>docs/queue-states.md</c>.</summary>
public enum RecipientState : byte
{
    /// <summary>Not tried yet.</summary>
    Waiting = 0,

    /// <summary>A worker holds a lease on it.</summary>
    Active = 1,

    /// <summary>Tried, and to be tried again.</summary>
    Deferred = 2,

    /// <summary>Set aside by an operator until it is released.</summary>
    Held = 3,

    /// <summary>The next hop has taken it.</summary>
    Delivered = 4,

    /// <summary>Given up.</summary>
    Failed = 5,
}

/// <summary>What was said, or what happened, at the last attempt.</summary>
/// <param name="Code">The reply code, or 0 when there was no reply.</param>
/// <param name="Enhanced">The enhanced status code, such as <c>4.7.1</c>; empty when there was none.</param>
/// <param name="Text">The reply's text, or what happened instead of a reply.</param>
/// <param name="Peer">Who said it: a host name with its address; empty when nobody was reached.</param>
public sealed record AttemptReply(int Code, string Enhanced, string Text, string Peer);

/// <summary>A message that waits to be delivered.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Sender">The envelope's sender.</param>
/// <param name="QueuedAt">When it came.</param>
/// <param name="Size">Octets of the message as it came, without our trace fields.</param>
/// <param name="Recipients">Those that were to be delivered; mailboxes in which it rests are not among them.</param>
public sealed record QueueEntry(QueueId Id, ReversePath Sender, DateTimeOffset QueuedAt, long Size, IReadOnlyList<QueueRecipient> Recipients);

/// <summary>One recipient of an entry.</summary>
/// <param name="Number">Its place in the envelope; with the id it names the recipient.</param>
/// <param name="Recipient">Address, destination and what was asked for.</param>
/// <param name="State">Where it stands.</param>
public sealed record QueueRecipient(int Number, EnvelopeRecipient Recipient, RecipientState State)
{
    /// <summary>Attempts that have ended.</summary>
    public int Attempts { get; init; }

    /// <summary>When it is tried next; null in the states in which nothing is planned.</summary>
    public DateTimeOffset? NextAttempt { get; init; }

    /// <summary>Until when its worker has it; null but in <see cref="RecipientState.Active"/>.</summary>
    public DateTimeOffset? LeasedUntil { get; init; }

    /// <summary>Whether the sender has been told that it is late.</summary>
    public bool DelayReported { get; init; }

    /// <summary>What was said at the last attempt; null before the first.</summary>
    public AttemptReply? LastReply { get; init; }
}

/// <summary>Which entries to list. Filters that are null let everything pass; texts match a part, whatever its case.</summary>
public sealed record QueueFilter
{
    /// <summary>A part of the sender; <c>&lt;&gt;</c> for the null sender.</summary>
    public string? Sender { get; init; }

    /// <summary>A part of a recipient's address.</summary>
    public string? Recipient { get; init; }

    /// <summary>Where a recipient's mail goes, whole: a destination, or the domain of the address, whatever route leads there.</summary>
    public string? Destination { get; init; }

    /// <summary>A part of what was said at the last attempt.</summary>
    public string? Cause { get; init; }

    /// <summary>A state that a recipient is in.</summary>
    public RecipientState? State { get; init; }

    /// <summary>Only entries that came before this.</summary>
    public DateTimeOffset? QueuedBefore { get; init; }

    /// <summary>Only entries newer than this one: the cursor of the page before.</summary>
    public QueueId? After { get; init; }

    /// <summary>Most entries on the page.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Whether an entry passes; the conditions on recipients must hold for one and the same of them.</summary>
    public bool Matches(QueueEntry entry) =>
        MatchesSender(entry.Sender) && (QueuedBefore is null || entry.QueuedAt < QueuedBefore) && entry.Recipients.Any(Matches);

    private static bool Has(string text, string? part) => part is null || text.Contains(part, StringComparison.OrdinalIgnoreCase);

    private bool GoesThere(EnvelopeRecipient recipient) =>
        recipient.Destination is { } destination
        && (destination.Equals(Destination, StringComparison.OrdinalIgnoreCase)
            || string.Equals(recipient.Address.Mailbox?.Domain.Text, Destination, StringComparison.OrdinalIgnoreCase));

    private bool MatchesSender(ReversePath sender) => Sender == "<>" ? sender.IsNull : Has(sender.ToString(), Sender);

    private bool Matches(QueueRecipient recipient) =>
        (State is null || recipient.State == State)
        && (Destination is null || GoesThere(recipient.Recipient))
        && (Has(recipient.Recipient.Address.ToString(), Recipient) || (recipient.Recipient.Given is { } given && Has(given.ToString(), Recipient)))
        && (Cause is null || (recipient.LastReply is { } reply && Has($"{reply.Code} {reply.Enhanced} {reply.Text} {reply.Peer}", Cause)));
}

/// <summary>A page of entries, oldest first.</summary>
/// <param name="Entries">The entries. A page may hold fewer than asked for, even none, and yet have a next one.</param>
/// <param name="Next">The cursor of the next page, or null when this is the last.</param>
public sealed record QueuePage(IReadOnlyList<QueueEntry> Entries, QueueId? Next);

/// <summary>What an operator does to an entry; it moves those recipients that are not yet delivered or failed.</summary>
public enum QueueChange
{
    /// <summary>Try again now.</summary>
    Retry,

    /// <summary>Set aside until released.</summary>
    Hold,

    /// <summary>Take back what was set aside, and try it now.</summary>
    Release,

    /// <summary>Drop without a report.</summary>
    Remove,
}

/// <summary>How much the store holds.</summary>
public sealed record StoreCounts
{
    /// <summary>Messages, whether resting or queued.</summary>
    public long Messages { get; init; }

    /// <summary>Octets of these messages as they came.</summary>
    public long Octets { get; init; }

    /// <summary>Messages with a recipient still to be delivered.</summary>
    public long Queued { get; init; }

    /// <summary>Recipients not tried yet.</summary>
    public long Waiting { get; init; }

    /// <summary>Recipients under a lease.</summary>
    public long Active { get; init; }

    /// <summary>Recipients to be tried again.</summary>
    public long Deferred { get; init; }

    /// <summary>Recipients set aside.</summary>
    public long Held { get; init; }
}
