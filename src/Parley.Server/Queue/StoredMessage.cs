using Parley.Smtp.Addresses;

namespace Parley.Server.Queue;

/// <summary>A message in the store, as lists show it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="ReceivedAt">When it came, to the millisecond.</param>
/// <param name="Sender">The envelope's sender.</param>
/// <param name="To">The envelope's recipients as RCPT gave them, each once.</param>
public sealed record StoredMessage(QueueId Id, DateTimeOffset ReceivedAt, ReversePath Sender, IReadOnlyList<ForwardPath> To)
{
    /// <summary>The mailboxes of ours in which it rests; empty when it only passes through.</summary>
    public IReadOnlyList<ForwardPath> RestsIn { get; init; } = [];

    /// <summary>The subject, decoded; empty when there is none.</summary>
    public string Subject { get; init; } = string.Empty;

    /// <summary>Octets of the message as it came, without our trace fields.</summary>
    public long Size { get; init; }

    /// <summary>The session that it came in; null for a message of our own.</summary>
    public string? Session { get; init; }

    /// <summary>Whether a recipient still waits to be delivered.</summary>
    public bool Queued { get; init; }
}

/// <summary>Which messages to list.</summary>
public sealed record MessageQuery
{
    /// <summary>Words, each of which stands in an address or in the subject, whatever its case; empty for all messages.</summary>
    public string Words { get; init; } = string.Empty;

    /// <summary>Only messages older than this one: the cursor of the page before.</summary>
    public QueueId? After { get; init; }

    /// <summary>Most messages on the page.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>A page of messages, newest first.</summary>
/// <param name="Messages">The messages.</param>
/// <param name="Next">The cursor of the next page, or null when this is the last.</param>
public sealed record MessagePage(IReadOnlyList<StoredMessage> Messages, QueueId? Next);

/// <summary>What became of a message that was to be deleted.</summary>
public enum DeleteResult
{
    /// <summary>It is gone.</summary>
    Deleted,

    /// <summary>There is none of this name.</summary>
    NotFound,

    /// <summary>A recipient still waits for it; remove it from the queue first.</summary>
    StillQueued,
}
