namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>
/// The one thread that writes. While a commit runs, work gathers; the next commit takes all of it, so that many
/// acknowledgements share one flush.
/// </summary>
internal sealed class Writer : IDisposable
{
    private const int MaxBatchWorks = 1000;
    private static readonly TimeSpan IdleLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TidyingPause = TimeSpan.FromMilliseconds(20);

    private readonly object gate = new();
    private readonly Queue<Work> waiting = new();
    private readonly List<Work> taken = [];
    private readonly Database database;
    private readonly Tables tables;
    private readonly RoomKeeper room;
    private readonly Spool spool;
    private readonly Checkpointer checkpointer;
    private readonly SqliteStoreOptions options;
    private readonly StoreHealth health;
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Statement dataVersion;
    private readonly Thread thread;
    private long foreignVersion;
    private long foreignChanges;
    private bool stopping;
    private bool tidying;

    /// <summary>Starts the thread.</summary>
    /// <param name="open">Opens a connection for writing.</param>
    /// <param name="names">Names of leases.</param>
    /// <param name="spool">Where files of deleted messages are.</param>
    /// <param name="options">Retention, steps, and whether it is a server that tidies up.</param>
    /// <param name="health">Told how it goes.</param>
    public Writer(Func<Database> open, QueueIdSource names, Spool spool, SqliteStoreOptions options, StoreHealth health)
    {
        database = open();
        this.spool = spool;
        this.options = options;
        this.health = health;
        tables = new Tables(database, options.Time, names);
        room = new RoomKeeper(spool.Space, Path.Combine(options.Folder, SqliteQueueStore.FileName), database);
        checkpointer = new Checkpointer(open(), database, health, room.LogOctets);
        begin = database.Prepare("BEGIN IMMEDIATE");
        commit = database.Prepare("COMMIT");
        dataVersion = database.Prepare("PRAGMA data_version");
        foreignVersion = DataVersion();
        thread = new Thread(Loop) { Name = "store-writer", IsBackground = true };
        thread.Start();
    }

    /// <summary>Octets of the database file that mail may still take.</summary>
    public long RoomForMail => room.LastForMail;

    public long ForeignChanges => Volatile.Read(ref foreignChanges);

    /// <summary>An operator changes the queue through this store; to be called in the work that does it.</summary>
    public void OperatorChanges() => Interlocked.Increment(ref foreignChanges);

    /// <summary>Hands work to the writer; the task completes after the flush.</summary>
    public Task<T> Do<T>(Func<Tables, T> run, long octets = 0)
    {
        var work = new Work<T>(run, octets);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping, this);
            waiting.Enqueue(work);
            if (waiting.Count == 1)
            {
                Monitor.Pulse(gate);
            }
        }

        return work.Done;
    }

    /// <summary>Finishes what was handed over, then ends the thread.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.Pulse(gate);
        }

        thread.Join();
        begin.Dispose();
        commit.Dispose();
        dataVersion.Dispose();
        tables.Dispose();
        room.Dispose();
        checkpointer.Dispose();
        database.Dispose();
    }

    private void Loop()
    {
        while (Take())
        {
            if (taken.Count > 0)
            {
                options.Step("batch-taken");
                CommitTaken();
            }

            Upkeep();
        }
    }

    /// <summary>Waits for work and takes as much as one transaction may hold; false when all is done and no more comes.</summary>
    private bool Take()
    {
        taken.Clear();
        lock (gate)
        {
            if (waiting.Count == 0 && !stopping)
            {
                _ = Monitor.Wait(gate, tidying ? TidyingPause : IdleLook);
            }

            long octets = 0;
            while (taken.Count < MaxBatchWorks && waiting.TryPeek(out var work) && (taken.Count == 0 || octets + work.Octets <= room.BatchOctets))
            {
                octets += work.Octets;
                taken.Add(waiting.Dequeue());
            }

            return taken.Count > 0 || !stopping;
        }
    }

    private void CommitTaken()
    {
        if (TryCommit(taken, out var fault))
        {
            return;
        }

        if (taken.Count == 1 && fault is not SqliteFault { IsFull: true })
        {
            taken[0].Fail(fault);
            return;
        }

        // One by one, so that nobody suffers for another's fault: when the disk is full, deletions still go through.
        foreach (var work in taken)
        {
            CommitAlone(work);
        }
    }

    private void CommitAlone(Work work)
    {
        List<Work> alone = [work];
        if (TryCommit(alone, out var fault))
        {
            return;
        }

        if (fault is SqliteFault { IsFull: true })
        {
            // The log cannot grow. Moved into the database file it begins anew, in the room that it has already.
            _ = spool.Space.Ballast.ThrowOverboard();
            MoveLog();
            if (TryCommit(alone, out fault))
            {
                return;
            }
        }

        work.Fail(fault);
    }

    private void MoveLog()
    {
        try
        {
            _ = database.Checkpoint();
        }
        catch (SqliteFault)
        {
            // Then the next try of the commit fails too, and says why.
        }
    }

    private bool TryCommit(List<Work> works, out Exception fault)
    {
        try
        {
            begin.Start().Run();
            tables.Batch.Begin(room.ForMail());
            foreach (var work in works)
            {
                work.Run(tables);
            }

            if (options.Retention is { } keep && tables.Batch.Totals.Messages > 0)
            {
                tables.Messages.Prune(keep);
            }

            tables.Messages.WriteTotals(always: works.Count == 0);
            options.Step("rows-written");
            commit.Start().Run();
        }
        catch (Exception found)
        {
            fault = found;
            health.CouldNotCommit(found);
            RollBack();
            return false;
        }

        fault = null!;
        health.Committed();
        options.Step("committed");

        // Before anybody hears of the commit: who sees another's change in its answer is to see that there was one.
        LookForForeignChanges();
        foreach (var work in works)
        {
            work.Complete();
        }

        options.Step("acknowledged");
        RemoveDroppedFiles();
        return true;
    }

    private void RollBack()
    {
        tables.Batch.DroppedFiles.Clear();
        tables.Messages.PruneFromOldest();
        if (database.InTransaction)
        {
            database.Execute("ROLLBACK");
        }
    }

    /// <summary>After the commit: a crash in between leaves files that nobody names, and the next start removes those.</summary>
    private void RemoveDroppedFiles()
    {
        foreach (var file in tables.Batch.DroppedFiles)
        {
            try
            {
                spool.Delete(file);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // The next start tries again.
            }
        }

        if (tables.Batch.DroppedFiles.Count > 0)
        {
            options.Step("files-removed");
        }
    }

    private void Upkeep()
    {
        try
        {
            tidying = taken.Count == 0 && !options.Beside && room.WhenIdle();
            checkpointer.LookAfterLog();
            room.LookAgain();
        }
        catch (SqliteFault)
        {
            // Upkeep can wait; when the disk is at fault, the next commit says so to whom it concerns.
        }

        if (taken.Count > 0)
        {
            return;
        }

        LookForForeignChanges();
        if (health.IsWaitingForWrite)
        {
            // Who is not ready gets no mail, and would never hear that the disk is well again.
            _ = TryCommit([], out _);
        }
    }

    private void LookForForeignChanges()
    {
        try
        {
            var version = DataVersion();
            if (version != foreignVersion)
            {
                foreignVersion = version;
                Interlocked.Increment(ref foreignChanges);
            }
        }
        catch (SqliteFault)
        {
            // The next look sees it.
        }
    }

    private long DataVersion()
    {
        dataVersion.Start().Step();
        var version = dataVersion.Int64(0);
        dataVersion.Stop();
        return version;
    }
}
