namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>
/// Moves the log into the database file on a thread and a connection of its own, so that no commit waits for it. It never
/// waits for anybody either: what it cannot move now it moves the next time.
/// </summary>
internal sealed class Checkpointer : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Database database;
    private readonly AutoResetEvent written = new(false);
    private readonly ManualResetEventSlim stop = new(false);
    private readonly Thread thread;

    public Checkpointer(Database database)
    {
        this.database = database;
        thread = new Thread(Loop) { Name = "store-checkpointer", IsBackground = true };
        thread.Start();
    }

    /// <summary>Something was committed.</summary>
    public void Wake() => written.Set();

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
        while (written.WaitOne() && !stop.Wait(Pause))
        {
            try
            {
                _ = database.Checkpoint();
            }
            catch (SqliteFault)
            {
                // The log keeps what could not be moved; the next round tries again.
            }
        }
    }
}
