namespace Parley.Server.Delivery;

/// <summary>
/// Connections that are open and have nothing to do, for the next message to the same place. They are few, and none is
/// kept for long: an idle connection costs the other side more than a new one costs us.
/// </summary>
internal sealed class ConnectionCache(TimeProvider time, TimeSpan idle, int capacity) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<Entry> entries = []; // the oldest in front
    private bool disposed;

    private sealed record Entry(OutgoingConnection Connection)
    {
        public ITimer? Timer { get; set; }
    }

    /// <summary>Connections in it.</summary>
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

    /// <summary>The connection to this place that was used last, or null.</summary>
    public OutgoingConnection? Take(string key)
    {
        lock (gate)
        {
            var at = entries.FindLastIndex(entry => entry.Connection.Plan.Key == key);
            return at < 0 ? null : Remove(at).Connection;
        }
    }

    /// <summary>Keeps a connection for a while; ends the oldest where there are too many.</summary>
    public void Keep(OutgoingConnection connection)
    {
        OutgoingConnection? over = null;
        lock (gate)
        {
            if (disposed)
            {
                over = connection;
            }
            else
            {
                over = entries.Count >= capacity ? Remove(0).Connection : null;
                connection.IsReused = true;
                var entry = new Entry(connection);
                entry.Timer = time.CreateTimer(me => Expire((Entry)me!), entry, idle, Timeout.InfiniteTimeSpan);
                entries.Add(entry);
            }
        }

        if (over is not null)
        {
            End(over);
        }
    }

    /// <summary>Says QUIT without making anybody wait for it; the wait for its answer is short.</summary>
    public static void End(OutgoingConnection connection) => _ = Quit(connection);

    /// <summary>Ends them all.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Entry> all;
        lock (gate)
        {
            disposed = true;
            all = [.. entries];
            while (entries.Count > 0)
            {
                Remove(0);
            }
        }

        await Task.WhenAll(all.Select(entry => Quit(entry.Connection)));
    }

    private static async Task Quit(OutgoingConnection connection)
    {
        await Task.Yield();
        await connection.Quit();
    }

    private void Expire(Entry entry)
    {
        lock (gate)
        {
            var at = entries.IndexOf(entry);
            if (at < 0)
            {
                return;
            }

            Remove(at);
        }

        End(entry.Connection);
    }

    private Entry Remove(int at)
    {
        var entry = entries[at];
        entries.RemoveAt(at);
        entry.Timer?.Dispose();
        return entry;
    }
}
