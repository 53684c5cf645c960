namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>
/// Moves the log into the database file on a thread and a connection of its own, so that no commit waits for it. But as
/// long as mail comes it never catches up quite, and a log that is not moved whole cannot begin anew: so when the log is
/// long, it hurries until next to nothing is left, and the writer moves that itself, between two commits.
/// </summary>
internal sealed class Checkpointer : IDisposable
{
    private const long NextToNothing = (2L << 20) / Pages.Size;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Database database;
    private readonly Database writer;
    private readonly StoreHealth health;
    private readonly long longLog;
    private readonly AutoResetEvent written = new(false);
    private readonly ManualResetEventSlim stop = new(false);
    private readonly Thread thread;
    private long inLog;
    private long moved;

    /// <summary>Starts the thread.</summary>
    /// <param name="database">Its connection, which it owns.</param>
    /// <param name="writer">The writer's connection, used on the writer's thread.</param>
    /// <param name="health">Told how it goes.</param>
    /// <param name="longLog">The length, in octets, from which on the log should begin anew.</param>
    public Checkpointer(Database database, Database writer, StoreHealth health, long longLog)
    {
        this.database = database;
        this.writer = writer;
        this.health = health;
        this.longLog = longLog / Pages.Size;
        thread = new Thread(Loop) { Name = "store-checkpointer", IsBackground = true };
        thread.Start();
    }

    private bool IsLong => Volatile.Read(ref inLog) >= longLog;

    private bool IsNearlyDone => Volatile.Read(ref inLog) - Volatile.Read(ref moved) <= NextToNothing;

    /// <summary>Called by the writer, on its thread, when it may have written.</summary>
    public void LookAfterLog()
    {
        var pages = writer.TakePagesWritten();
        if (pages == 0)
        {
            return;
        }

        Volatile.Write(ref inLog, inLog + pages);
        written.Set();

        // At twice the length the writer no longer waits for the thread: the log must not outgrow the reserve.
        if (IsLong && (IsNearlyDone || inLog >= 2 * longLog) && writer.Checkpoint() is { } log && log.Moved == log.Pages)
        {
            Volatile.Write(ref inLog, 0);
            Volatile.Write(ref moved, 0);
        }
    }

    public void Dispose()
    {
        stop.Set();
        written.Set();
        thread.Join();
        database.Dispose();
        written.Dispose();
        stop.Dispose();
    }

    private void Loop()
    {
        while (written.WaitOne() && !stop.IsSet)
        {
            var hurry = IsLong && !IsNearlyDone;
            if (!hurry && stop.Wait(Pause))
            {
                return;
            }

            try
            {
                if (database.Checkpoint() is { } log)
                {
                    Volatile.Write(ref moved, log.Moved);
                    health.LogMoved();
                }
            }
            catch (SqliteFault fault)
            {
                // The log keeps what could not be moved; the next round tries again.
                health.CouldNotMoveLog(fault);
            }
        }
    }
}
