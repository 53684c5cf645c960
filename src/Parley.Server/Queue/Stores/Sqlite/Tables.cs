namespace Parley.Server.Queue.Stores.Sqlite;

/// <summary>All statements of the writer's connection.</summary>
internal sealed class Tables : IDisposable
{
    public Tables(Database database, TimeProvider time, QueueIdSource names)
    {
        Batch = new WriteBatch(time);
        Messages = new MessageWrites(database, Batch);
        Leases = new LeaseWrites(database, Batch, Messages, names);
        Entries = new EntryWrites(database, Batch, Messages);
    }

    public WriteBatch Batch { get; }

    public MessageWrites Messages { get; }

    public LeaseWrites Leases { get; }

    public EntryWrites Entries { get; }

    public void Dispose()
    {
        Messages.Dispose();
        Leases.Dispose();
        Entries.Dispose();
    }
}
