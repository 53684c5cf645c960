namespace Parley.Server.Dns;

/// <summary>Results for as long as they hold; the one that was not used for the longest time goes when it is full.</summary>
internal sealed class DnsCache(int capacity, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Name, DnsType Type), LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byUse = new(); // the last used in front

    private sealed record Entry((string Name, DnsType Type) Key, DnsResult Result, DateTimeOffset Until);

    public int Count
    {
        get
        {
            lock (gate)
            {
                return entries.Count;
            }
        }
    }

    /// <summary>The result, with what is left of its time; null when there is none.</summary>
    public DnsResult? Find((string Name, DnsType Type) key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var node))
            {
                return null;
            }

            var left = node.Value.Until - time.GetUtcNow();
            byUse.Remove(node);
            if (left <= TimeSpan.Zero)
            {
                entries.Remove(key);
                return null;
            }

            byUse.AddFirst(node);
            return node.Value.Result with { Ttl = left };
        }
    }

    /// <summary>Keeps a result for its time; not at all where that is zero.</summary>
    public void Keep((string Name, DnsType Type) key, DnsResult result)
    {
        if (result.Ttl <= TimeSpan.Zero)
        {
            return;
        }

        lock (gate)
        {
            if (entries.Remove(key, out var old))
            {
                byUse.Remove(old);
            }
            else if (entries.Count >= capacity)
            {
                entries.Remove(byUse.Last!.Value.Key);
                byUse.RemoveLast();
            }

            entries[key] = byUse.AddFirst(new Entry(key, result, time.GetUtcNow() + result.Ttl));
        }
    }
}
