namespace Parley.Server.Queue;

/// <summary>
/// Where messages are kept, and the queue of those that still have to go somewhere. What a member has answered
/// survives <c>kill -9</c> and power loss. Members may be called from any thread; none blocks its caller, and what
/// awaits a result goes on on the thread pool, never on a thread of the store.
/// </summary>
public interface IQueueStore : IAsyncDisposable
{
    /// <summary>A name for a new message.</summary>
    QueueId NextId();

    /// <summary>A place for the octets of a message while they come in; the caller disposes it.</summary>
    /// <param name="expected">The octets to come, as SIZE= declared them, or 0; a hint only.</param>
    MessageContent NewContent(long expected = 0);

    /// <summary>Whether a message of so many octets would be taken now; for 452 4.3.1 at MAIL (RFC 1870 §6.1).</summary>
    bool HasRoomFor(long octets);

    /// <summary>
    /// Stores a message with all its recipients. Completes after the flush, so that 250 may be said. The token is looked
    /// at before the message is handed over, never after.
    /// </summary>
    /// <exception cref="IOException">A fault of the disk or of the store: nothing may be said but 451.</exception>
    ValueTask<EnqueueResult> Enqueue(NewMessage message, CancellationToken cancellation);

    /// <summary>Lists messages, newest first.</summary>
    ValueTask<MessagePage> List(MessageQuery query, CancellationToken cancellation);

    /// <summary>One message, or null.</summary>
    ValueTask<StoredMessage?> Find(QueueId id, CancellationToken cancellation);

    /// <summary>
    /// The octets of a message, trace fields first, or null when there is no such message. The stream can be read once,
    /// from its beginning; its length is known, and reading it needs a fixed amount of memory.
    /// </summary>
    ValueTask<Stream?> OpenContent(QueueId id, CancellationToken cancellation);

    /// <summary>Deletes a message that rests.</summary>
    ValueTask<DeleteResult> Delete(QueueId id, CancellationToken cancellation);

    /// <summary>How much the store holds; answered from figures that are kept, not by counting.</summary>
    ValueTask<StoreCounts> Count(CancellationToken cancellation);

    /// <summary>Lists entries of the queue, oldest first.</summary>
    ValueTask<QueuePage> ListQueue(QueueFilter filter, CancellationToken cancellation);

    /// <summary>One entry of the queue, or null when the message has no recipient to deliver.</summary>
    ValueTask<QueueEntry?> FindEntry(QueueId id, CancellationToken cancellation);

    /// <summary>Changes entries of the queue; answers how many of the names stood for one.</summary>
    ValueTask<int> Change(IReadOnlyList<QueueId> entries, QueueChange change, CancellationToken cancellation);

    /// <summary>
    /// The destinations that have work, in the order of their keys, each with the time of its first. A scheduler reads
    /// them at its start and when <see cref="ForeignChanges"/> moves, and else knows from what it enqueues and records.
    /// </summary>
    /// <param name="after">Only keys after this one; empty for the first page.</param>
    /// <param name="limit">Most destinations to answer.</param>
    /// <param name="cancellation">Ends the wait.</param>
    ValueTask<IReadOnlyList<DestinationHead>> Destinations(string after, int limit, CancellationToken cancellation);

    /// <summary>When the first recipient at a destination is due (for one under a lease, when the lease ends); null without work there.</summary>
    ValueTask<DateTimeOffset?> NextAttempt(string destination, CancellationToken cancellation);

    /// <summary>
    /// Takes recipients that are due at these destinations, oldest first, for as long as the lease lasts. Destinations
    /// without due work are left out of the answer.
    /// </summary>
    /// <param name="destinations">The next hops.</param>
    /// <param name="recipients">Most recipients for each of them.</param>
    /// <param name="lease">How long the work is the caller's, if it does not extend it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    ValueTask<IReadOnlyList<Claim>> Claim(IReadOnlyList<string> destinations, int recipients, TimeSpan lease, CancellationToken cancellation);

    /// <summary>Makes a lease last so long from now; false when nothing is left under it.</summary>
    ValueTask<bool> Extend(Lease lease, TimeSpan duration, CancellationToken cancellation);

    /// <summary>Gives back what is left under a lease; it is due at once.</summary>
    ValueTask Release(Lease lease, CancellationToken cancellation);

    /// <summary>
    /// Records how attempts under a lease ended, and stores the report about them in the same stroke: neither is there
    /// without the other. A message whose last recipient is thereby delivered or failed, and that rests nowhere, is gone.
    /// </summary>
    ValueTask<RecordResult> Record(Lease lease, IReadOnlyList<Outcome> outcomes, NewMessage? report, CancellationToken cancellation);

    /// <summary>
    /// Rises when somebody else than this object, such as <c>parley queue</c> beside the server, changed the queue, and with
    /// <see cref="Change"/>: before anybody can claim what was changed.
    /// </summary>
    long ForeignChanges { get; }

    /// <summary>What reads and writes have found wrong with the disk, and what to do, in words for an operator; null when nothing is known.</summary>
    string? Trouble { get; }
}
