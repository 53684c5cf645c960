namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>What one transaction gathers besides its rows; forgotten when it is rolled back.</summary>
internal sealed class WriteBatch(TimeProvider time)
{
    /// <summary>What the transaction adds to the store's figures.</summary>
    public Totals Totals;

    private DateTimeOffset now;

    /// <summary>Files of deleted messages, to be removed once the deletion is on disk.</summary>
    public List<string> DroppedFiles { get; } = [];

    /// <summary>Octets of the database file that mail may still take.</summary>
    public long Room { get; private set; }

    /// <summary>The time of the transaction, in milliseconds as rows hold it.</summary>
    public long Now => Rows.Milliseconds(now);

    public long After(TimeSpan duration) => Rows.Milliseconds(now + duration);

    public void Begin(long room)
    {
        Totals = default;
        DroppedFiles.Clear();
        Room = room;
        now = time.GetUtcNow();
    }

    /// <summary>Takes room for a message; false when there is not enough.</summary>
    public bool TakeRoom(NewMessage message)
    {
        var octets = message.Trace.Length + (message.Content.File is null ? message.Content.Length : 0);
        var cost = Cost(octets, message.Envelope.Recipients.Count);
        if (cost > Room)
        {
            return false;
        }

        Room -= cost;
        return true;
    }

    /// <summary>About how many octets a message takes in the database file: rows, overflow pages, their bookkeeping.</summary>
    public static long Cost(long octets, int recipients) =>
        octets + (octets / 64) + (octets > Pages.LongestInPage ? Pages.Size : 0) + 1024 + (recipients * 512L);
}

/// <summary>The measure of the database file.</summary>
internal static class Pages
{
    public const int Size = 8192;

    /// <summary>A row up to about this many octets stands in one page with others; a longer one has pages of its own.</summary>
    public const int LongestInPage = 8000;
}
