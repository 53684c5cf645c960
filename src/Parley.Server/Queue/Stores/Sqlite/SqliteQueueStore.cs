namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>The embedded store: one SQLite file with one writer, and a folder for long contents.</summary>
public sealed class SqliteQueueStore : IQueueStore
{
    /// <summary>The database file in the data folder.</summary>
    public const string FileName = "queue.db";

    /// <summary>The folder of long contents in the data folder.</summary>
    public const string SpoolName = "spool";

    private const int Node = 0;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SqliteStoreOptions options;
    private readonly DataFolder? owned;
    private readonly QueueIdSource names;
    private readonly Spool spool;
    private readonly Writer writer;
    private readonly Readers<Reader> readers;
    private readonly string path;
    private bool disposed;

    private SqliteQueueStore(SqliteStoreOptions options, DataFolder? owned)
    {
        this.options = options;
        this.owned = owned;
        path = Path.Combine(options.Folder, FileName);
        var mayBeNew = Schema.MayBeNew(path);
        using (var database = OpenForWriting(path))
        {
            Schema.Prepare(database, path, mayBeNew);
            DataFolder.Flush(options.Folder);
            names = new QueueIdSource(options.Time, Node, Newest(database));
            spool = new Spool(Path.Combine(options.Folder, SpoolName), new DiskSpace(options.Folder, options.Reserve), names, options.Step) { MostOpen = options.MostContents, MostHeld = options.MostHeld };
            if (!options.Beside)
            {
                RemoveOrphans(database);
                spool.Space.Ballast.TakeAboard();
            }
        }

        writer = new Writer(() => OpenForWriting(path), names, spool, options, Health);
        readers = new Readers<Reader>(() => new Reader(Database.Open(path, writes: false, Patience), spool), Health);
    }

    /// <summary>The version of SQLite in use, and where it comes from.</summary>
    public static string LibraryVersion => SqliteLibrary.Description;

    /// <summary>What reads and writes have found; to be shared with other stores in the same database.</summary>
    public StoreHealth Health { get; } = new();

    /// <inheritdoc/>
    public long ForeignChanges => writer.ForeignChanges;

    /// <inheritdoc/>
    public string? Trouble => Health.Trouble;

    /// <summary>
    /// Opens the store of a data folder and makes it when it is not there. What a server that died had claimed is given
    /// back, and files that it left behind are removed.
    /// </summary>
    /// <exception cref="StoreUnusableException">It cannot be used, and why: another server has it, it is of a newer version, it may not be written.</exception>
    public static async Task<SqliteQueueStore> Open(SqliteStoreOptions options)
    {
        options = options with { Folder = Path.GetFullPath(options.Folder) };
        var store = await Task.Run(() => OpenNow(options));
        try
        {
            if (!options.Beside)
            {
                _ = await store.writer.Do(static tables => tables.Leases.ReleaseAll());
            }

            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public QueueId NextId() => names.Next();

    /// <inheritdoc/>
    public MessageContent NewContent(long expected = 0) => new(spool, expected);

    /// <inheritdoc/>
    public bool HasRoomFor(long octets) =>
        octets <= MessageContent.MemoryBound ? WriteBatch.Cost(octets, 1) <= writer.RoomForMail : spool.HasRoomFor(octets);

    /// <inheritdoc/>
    public async ValueTask<EnqueueResult> Enqueue(NewMessage message, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!await Sealed(message, cancellation))
        {
            return EnqueueResult.NoRoom;
        }

        try
        {
            var result = await writer.Do(tables => tables.Messages.Enqueue(message), message.Size);
            Own(message, result == EnqueueResult.Stored);
            return result;
        }
        catch (SqliteFault fault) when (fault.IsFull)
        {
            return EnqueueResult.NoRoom;
        }
        catch
        {
            Own(message, true);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<MessagePage> List(MessageQuery query, CancellationToken cancellation) =>
        readers.Ask(reader => reader.List(query), cancellation);

    /// <inheritdoc/>
    public ValueTask<StoredMessage?> Find(QueueId id, CancellationToken cancellation) =>
        readers.Ask(reader => reader.Find(id), cancellation);

    /// <inheritdoc/>
    public ValueTask<Stream?> OpenContent(QueueId id, CancellationToken cancellation) =>
        readers.Ask<Stream?>(reader => reader.Open(id), cancellation);

    /// <inheritdoc/>
    public async ValueTask<DeleteResult> Delete(QueueId id, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return await writer.Do(tables => tables.Messages.Delete(id));
    }

    /// <inheritdoc/>
    public ValueTask<StoreCounts> Count(CancellationToken cancellation) =>
        readers.Ask(static reader => reader.Count(), cancellation);

    /// <inheritdoc/>
    public ValueTask<QueuePage> ListQueue(QueueFilter filter, CancellationToken cancellation) =>
        readers.Ask(reader => reader.ListQueue(filter), cancellation);

    /// <inheritdoc/>
    public ValueTask<QueueEntry?> FindEntry(QueueId id, CancellationToken cancellation) =>
        readers.Ask(reader => reader.FindEntry(id), cancellation);

    /// <inheritdoc/>
    public async ValueTask<int> Change(IReadOnlyList<QueueId> entries, QueueChange change, CancellationToken cancellation)
    {
        // In steps, so that a change of many entries does not keep mail from coming in meanwhile.
        const int AtOnce = 500;
        var changed = 0;
        foreach (var step in entries.Chunk(AtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            var began = options.Time.GetTimestamp();
            changed += await writer.Do(tables =>
            {
                writer.OperatorChanges();
                return step.Count(id => tables.Entries.Change(id, change));
            });
            if (options.Beside && step.Length == AtOnce)
            {
                await LetOthersWrite(options.Time.GetElapsedTime(began), cancellation);
            }
        }

        return changed;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DestinationHead>> Destinations(string after, int limit, CancellationToken cancellation) =>
        readers.Ask(reader => reader.Destinations(after, limit), cancellation);

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset?> NextAttempt(string destination, CancellationToken cancellation) =>
        readers.Ask(reader => reader.NextAttempt(destination), cancellation);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Claim>> Claim(IReadOnlyList<string> destinations, int recipients, TimeSpan lease, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return await writer.Do(tables => tables.Leases.Claim(destinations, recipients, lease));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> Extend(Lease lease, TimeSpan duration, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return await writer.Do(tables => tables.Leases.Extend(lease, duration));
    }

    /// <inheritdoc/>
    public async ValueTask Release(Lease lease, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _ = await writer.Do(tables => tables.Leases.Release(lease));
    }

    /// <inheritdoc/>
    public async ValueTask<RecordResult> Record(Lease lease, IReadOnlyList<Outcome> outcomes, NewMessage? report, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (report is not null && !await Sealed(report, cancellation))
        {
            return RecordResult.NoRoom;
        }

        try
        {
            var result = await writer.Do(tables => tables.Leases.Record(lease, outcomes, report), report?.Size ?? 0);
            Own(report, result == RecordResult.Recorded);
            return result;
        }
        catch (SqliteFault fault) when (fault.IsFull)
        {
            return RecordResult.NoRoom;
        }
        catch
        {
            Own(report, true);
            throw;
        }
    }

    /// <summary>Finishes what was handed over, moves the log into the database file, and gives the folder free.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        await Task.Run(() =>
        {
            // The writer's connection last: only one that may write can put the log away.
            readers.Dispose();
            writer.Dispose();
            owned?.Dispose();
        });
    }

    private static SqliteQueueStore OpenNow(SqliteStoreOptions options)
    {
        if (options.Beside && !File.Exists(Path.Combine(options.Folder, FileName)))
        {
            throw new StoreUnusableException($"{options.Folder} holds no store; name the server's data folder with --data");
        }

        DataFolder? folder = null;
        try
        {
            DataFolder.Create(options.Folder);
            folder = options.Beside ? null : DataFolder.Lock(options.Folder);
            return new SqliteQueueStore(options, folder);
        }
        catch (Exception fault) when (fault is not StoreUnusableException)
        {
            folder?.Dispose();
            var advice = StoreHealth.IsDamage(fault) ? StoreHealth.Advice : "mend it, or choose another with --data";
            throw new StoreUnusableException($"{options.Folder} cannot be used as data folder: {fault.Message.TrimEnd('.')}; {advice}", fault);
        }
        catch
        {
            folder?.Dispose();
            throw;
        }
    }

    private static Database OpenForWriting(string path)
    {
        // Made here and not by SQLite, which would let everybody read it; the log takes its rights from it.
        DataFolder.EnsureFile(path);
        var database = Database.Open(path, writes: true, Patience);
        database.Execute("PRAGMA synchronous=FULL");
        database.Execute("PRAGMA cache_size=-32768");
        database.Execute("PRAGMA temp_store=MEMORY");
        return database;
    }

    private static QueueId Newest(Database database) =>
        new(Math.Max(database.Number("SELECT max(id) FROM message"), database.Number("SELECT max(lease) FROM recipient WHERE lease IS NOT NULL")));

    /// <summary>A file that the database may name by now is left alone; if it does not, the next start removes it.</summary>
    private static void Own(NewMessage? message, bool stored)
    {
        if (message?.Content.File is { } file)
        {
            file.Owned = stored;
        }
    }

    /// <summary>Brings a long content to disk; false when there is no room.</summary>
    /// <exception cref="IOException">A fault of the disk.</exception>
    private static async ValueTask<bool> Sealed(NewMessage message, CancellationToken cancellation)
    {
        await message.Content.Seal(cancellation);
        if (message.Content.Fault is { } fault && !DiskSpace.IsFull(fault))
        {
            throw new IOException("the content could not be written: " + fault.Message, fault);
        }

        return message.Content.Refusal is null;
    }

    // Nobody queues for SQLite's lock: the server looks for it from time to time, at intervals that grow to 100 ms, and
    // would not find it free between two steps that follow at once.
    private Task LetOthersWrite(TimeSpan step, CancellationToken cancellation) =>
        Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(step.TotalMilliseconds, 25, 100)), options.Time, cancellation);

    private void RemoveOrphans(Database database)
    {
        using var named = database.Prepare("SELECT 1 FROM message WHERE file=?");
        _ = spool.RemoveOrphans(name =>
        {
            var found = named.Start().Bind(name).Step();
            named.Stop();
            return found;
        });
    }
}
