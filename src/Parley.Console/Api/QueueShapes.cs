using Parley.Codes;
using Parley.Server.Queue;

namespace Parley.Console.Api;

/// <summary>A page of entries; each is made when it is written, so that a page of long explanations is never in memory whole.</summary>
internal sealed record QueueList(IEnumerable<QueueItem> Entries, string? Next);

/// <summary>A message that waits to be delivered.</summary>
internal sealed record QueueItem(string Id, string From, DateTime QueuedAt, long Size, IEnumerable<QueueItemRecipient> Recipients)
{
    public static QueueItem Of(QueueEntry entry, ReplyMeanings meanings) => new(
        entry.Id.ToString(),
        entry.Sender.ToString(),
        entry.QueuedAt.UtcDateTime,
        entry.Size,
        entry.Recipients.Select(recipient => QueueItemRecipient.Of(recipient, meanings)));
}

/// <summary>One recipient of an entry and what it waits for.</summary>
internal sealed record QueueItemRecipient
{
    public required string Address { get; init; }

    /// <summary><c>waiting</c>, <c>active</c>, <c>deferred</c>, <c>held</c>, <c>delivered</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>The next hop's key.</summary>
    public required string? Destination { get; init; }

    public required int Attempts { get; init; }

    public required DateTime? NextAttempt { get; init; }

    public required LastReply? LastReply { get; init; }

    /// <summary>What the last reply means; null before the first, or where the catalogue does not know it.</summary>
    public required ReplyExplanation? Explanation { get; init; }

    public static QueueItemRecipient Of(QueueRecipient recipient, ReplyMeanings meanings) => new()
    {
        Address = recipient.Recipient.Address.ToString(),
        State = recipient.State.ToString().ToLowerInvariant(),
        Destination = recipient.Recipient.Destination,
        Attempts = recipient.Attempts,
        NextAttempt = recipient.NextAttempt?.UtcDateTime,
        LastReply = recipient.LastReply is { } reply ? Api.LastReply.Of(reply) : null,
        Explanation = recipient.LastReply is { } said ? meanings.Of(said) : null,
    };
}

/// <summary>What was said at the last attempt, or what happened instead.</summary>
/// <param name="Code">The reply code; null when there was no reply.</param>
/// <param name="Enhanced">The enhanced status code; null when there was none.</param>
/// <param name="Text">The reply's text, or what happened.</param>
/// <param name="Peer">Who said it; null when nobody was reached.</param>
internal sealed record LastReply(int? Code, string? Enhanced, string Text, string? Peer)
{
    public static LastReply Of(AttemptReply reply) => new(
        reply.Code == 0 ? null : reply.Code,
        reply.Enhanced.Length == 0 ? null : reply.Enhanced,
        reply.Text,
        reply.Peer.Length == 0 ? null : reply.Peer);
}
