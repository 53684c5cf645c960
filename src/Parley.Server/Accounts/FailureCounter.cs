namespace Parley.Server.Accounts;

/// <summary>
/// Counts failures by key, as water in leaking buckets: each failure adds one, time takes one away at a steady rate. It
/// holds a bounded number of keys; when there is no room, those that were quiet for longest are forgotten.
/// </summary>
internal sealed class FailureCounter(TimeProvider time, TimeSpan leak, int capacity)
{
    private readonly Dictionary<string, Bucket> buckets = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>Keys that are held now.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return buckets.Count;
            }
        }
    }

    /// <summary>How many failures count for a key now.</summary>
    public double Level(string key)
    {
        lock (gate)
        {
            return buckets.TryGetValue(key, out var bucket) ? Leaked(bucket, time.GetTimestamp()) : 0;
        }
    }

    /// <summary>Adds a failure, up to a most; answers the new level.</summary>
    public double Add(string key, double most)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            var level = buckets.TryGetValue(key, out var bucket) ? Leaked(bucket, now) : 0;
            level = Math.Min(level + 1, most);
            buckets[key] = new Bucket(level, now);
            if (buckets.Count > capacity)
            {
                Forget(now);
            }

            return level;
        }
    }

    private double Leaked(Bucket bucket, long now) =>
        Math.Max(0, bucket.Level - (time.GetElapsedTime(bucket.At, now) / leak));

    // First the empty ones; if that is not enough, the quiet half, so that this pass over all comes seldom.
    private void Forget(long now)
    {
        foreach (var (key, bucket) in buckets)
        {
            if (Leaked(bucket, now) <= 0)
            {
                buckets.Remove(key);
            }
        }

        if (buckets.Count > capacity / 2)
        {
            var quiet = buckets.OrderBy(pair => pair.Value.At).Take(buckets.Count - (capacity / 2)).Select(pair => pair.Key);
            foreach (var key in quiet.ToList())
            {
                buckets.Remove(key);
            }
        }
    }

    private readonly record struct Bucket(double Level, long At);
}
