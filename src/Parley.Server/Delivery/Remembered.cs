namespace Parley.Server.Delivery;

/// <summary>Keys that something is known about for a time, such as hosts whose TLS is broken. Bounded: when it is full, the oldest is forgotten.</summary>
internal sealed class Remembered<TKey>(TimeProvider time, TimeSpan duration, int capacity = 10_000)
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, DateTimeOffset> until = [];
    private readonly Queue<(TKey Key, DateTimeOffset Until)> order = new();

    /// <summary>Remembers it from now on for the whole time.</summary>
    public void Add(TKey key)
    {
        lock (gate)
        {
            var end = time.GetUtcNow() + duration;
            until[key] = end;
            order.Enqueue((key, end));
            while (order.Count > capacity || (order.TryPeek(out var first) && first.Until <= time.GetUtcNow()))
            {
                Forget(order.Dequeue());
            }
        }
    }

    /// <summary>Whether it is remembered.</summary>
    public bool Contains(TKey key)
    {
        lock (gate)
        {
            return until.TryGetValue(key, out var end) && end > time.GetUtcNow();
        }
    }

    // Only if it was not added again since.
    private void Forget((TKey Key, DateTimeOffset Until) old)
    {
        if (until.TryGetValue(old.Key, out var end) && end == old.Until)
        {
            until.Remove(old.Key);
        }
    }
}
