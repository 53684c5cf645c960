namespace Parley.Server.Queue;

/// <summary>A message that is about to be stored.</summary>
/// <param name="Id">From <see cref="IQueueStore.NextId"/>; the trace fields name it.</param>
/// <param name="Envelope">Sender and recipients.</param>
/// <param name="Content">The octets as they came. The caller keeps it and disposes it after the store has answered.</param>
/// <param name="ReceivedAt">When it came.</param>
public sealed record NewMessage(QueueId Id, Envelope Envelope, MessageContent Content, DateTimeOffset ReceivedAt)
{
    /// <summary>Our trace fields, each ending in CRLF, that stand before the content.</summary>
    public ReadOnlyMemory<byte> Trace { get; init; }

    /// <summary>The session that it came in; null for a message of our own.</summary>
    public string? Session { get; init; }

    /// <summary>The subject, decoded, for lists; empty when there is none.</summary>
    public string Subject { get; init; } = string.Empty;

    /// <summary>Octets of the message as it came, without our trace fields.</summary>
    public long Size => Content.Length;
}

/// <summary>What became of a message that was to be stored.</summary>
public enum EnqueueResult
{
    /// <summary>It survives <c>kill -9</c> and power loss from here on.</summary>
    Stored,

    /// <summary>There is not enough room on the disk: 452 4.3.1, and nothing was kept.</summary>
    NoRoom,
}
