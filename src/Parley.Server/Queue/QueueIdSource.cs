namespace Parley.Server.Queue;

/// <summary>
/// Gives each message its name. Names only rise, even when the clock steps back, and when a millisecond has given all
/// its numbers the next one lends some.
/// </summary>
public sealed class QueueIdSource
{
    private const int NodeBits = 9;
    private const int SequenceBits = 10;
    private static readonly DateTimeOffset Epoch = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TimeProvider time;
    private readonly long node;
    private long lastTick;

    /// <summary>A source for one node.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="node">0 to 511, another one for each node that writes to the same store.</param>
    /// <param name="newest">The newest name that the store already holds.</param>
    public QueueIdSource(TimeProvider time, int node, QueueId newest)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(node);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(node, (1 << NodeBits) - 1);
        this.time = time;
        this.node = node;

        // From the millisecond after it: within one, another node's names may be the higher ones.
        lastTick = Tick((newest.Value >> (NodeBits + SequenceBits)) + 1, 0) - 1;
    }

    /// <summary>The next name; safe to call from every thread.</summary>
    public QueueId Next()
    {
        var now = Tick((long)(time.GetUtcNow() - Epoch).TotalMilliseconds, 0);
        long last, next;
        do
        {
            last = Volatile.Read(ref lastTick);
            next = Math.Max(last + 1, now);
        }
        while (Interlocked.CompareExchange(ref lastTick, next, last) != last);

        var milliseconds = next >> SequenceBits;
        var sequence = next & ((1 << SequenceBits) - 1);
        return new QueueId((milliseconds << (NodeBits + SequenceBits)) | (node << SequenceBits) | sequence);
    }

    private static long Tick(long milliseconds, long sequence) => (milliseconds << SequenceBits) | sequence;
}
